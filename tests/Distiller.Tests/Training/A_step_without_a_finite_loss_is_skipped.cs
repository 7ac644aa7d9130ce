using Distiller.Training.Distilling;
using Distiller.Training.Model;

namespace Distiller.Tests.Training;

/// <summary>A row whose weight makes its loss too large for a float stands for whatever does so in practice.</summary>
internal sealed class A_step_without_a_finite_loss_is_skipped
{
    // Each row is a step of its own.
    private static readonly TrainingOptions Options = TrainingRows.Quick with
    {
        TokensPerStep = 1,
        Epochs = 1,
        CheckpointEverySteps = 3,
    };

    private TemporaryFolder _folder = null!;
    private BaseModel _model = null!;

    [SetUp]
    public void Load()
    {
        _folder = new TemporaryFolder();
        _model = Parity.Load(new TinyBase { Layers = 1 }.Write(_folder["base.gguf"]));
    }

    [TearDown]
    public void Free()
    {
        _model.Dispose();
        _folder.Dispose();
    }

    [Test]
    public void and_counted_and_the_training_goes_on()
    {
        var result = Train(Rows(poisoned: 2), "run");

        result.Skipped.Count.ShouldBe(2);
        result.Curve.Count.ShouldBe(8);
        result.Curve.Select(s => s.Step).Concat(result.Skipped).ShouldBe(Enumerable.Range(1, 10), ignoreOrder: true);
        result.Curve.ShouldAllBe(s => double.IsFinite(s.Loss));
        result.Adapter.Pairs.ShouldAllBe(p => p.A.All(float.IsFinite) && p.B.All(float.IsFinite));
        result.Adapter.Pairs.ShouldAllBe(p => p.B.Any(b => b != 0));
        // What a checkpoint holds of skipped steps is what a run in one piece knows.
        var again = Train(Rows(poisoned: 2), "run");
        again.Skipped.ShouldBe(result.Skipped);
        again.Curve.ShouldBe(result.Curve);
    }

    [Test]
    public void and_three_in_a_row_end_the_run_at_the_last_good_checkpoint()
    {
        var rows = Rows(poisoned: 8);
        var error = Should.Throw<BadInputException>(() => Train(rows, "run"));
        error.Message.ShouldContain("diverged");
        error.Message.ShouldContain("3 steps in a row");
        error.Place.File.ShouldStartWith("training step ");
        File.Exists(Path.Combine(_folder["run"], "checkpoint.safetensors")).ShouldBeTrue();

        // The same command says the same again.
        Should.Throw<BadInputException>(() => Train(rows, "run")).Message.ShouldBe(error.Message);
    }

    [Test]
    public void and_a_run_in_which_nothing_was_learnt_is_no_result()
    {
        var rows = Rows(poisoned: 2).Where(r => r.Weight > 1).ToList();
        Should.Throw<BadInputException>(() => Train(rows, null)).Message.ShouldContain("no step");
    }

    private static List<TrainingExample> Rows(int poisoned) =>
        [.. TrainingRows.Some(10).Select((r, i) => i < poisoned ? r with { Weight = float.MaxValue } : r)];

    private TrainingResult Train(IReadOnlyList<TrainingExample> rows, string? folder) =>
        new LoraTrainer(_model, "base", TimeProvider.System).Train(
            rows,
            Options,
            folder is null ? null : _folder[folder]
        );
}
