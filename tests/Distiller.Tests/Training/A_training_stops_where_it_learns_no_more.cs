using Distiller.Training.Distilling;
using Distiller.Training.Lora;
using Distiller.Training.Model;

namespace Distiller.Tests.Training;

/// <summary>The rows are random tokens: what is learnt of some says nothing of the others, so the loss on those rises.</summary>
internal sealed class A_training_stops_where_it_learns_no_more
{
    private static readonly TrainingOptions Options = TrainingRows.Quick with
    {
        LearningRate = 2e-2,
        Epochs = 20,
        ValidateEvery = 3,
        ValidationTokens = 64,
        Patience = 2,
        CheckpointEverySteps = 4,
    };

    private readonly List<TrainingExample> _rows = TrainingRows.Some(10);
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
    public void with_the_factors_that_were_best()
    {
        var result = Train("run", Options);

        var best = result.Validation.MinBy(p => p.MeanNll)!;
        result.Validation.Select(p => p.Step).ShouldBe(Enumerable.Range(0, result.Validation.Count).Select(i => 3 * i));
        result.Validation.SkipWhile(p => p != best).Count().ShouldBe(3, "two measurements after the best one");
        result.Curve.Count.ShouldBe(result.Validation[^1].Step);
        result.TrainTokens.ShouldBe(result.Curve[^1].Tokens);
        var split = ValidationSplit.Of(_rows, Options.ValidationTokens, Options.Seed);
        using var adapter = LoraAdapter.From(_model, result.Adapter);
        HeldOutLoss.Measure(_model, split.Validation, adapter).MeanNll.ShouldBe(best.MeanNll, 1e-6);
        best.MeanNll.ShouldBeLessThan(result.Validation[^1].MeanNll);
        // Without patience the same curve goes on, and the same factors are kept unless later ones are better.
        var whole = Train(null, Options with { Patience = 0, Epochs = 8 });
        whole.Validation.Count.ShouldBeGreaterThan(result.Validation.Count);
    }

    [Test]
    public void and_a_finished_one_gives_its_result_without_training_again()
    {
        var whole = Train("run", Options);
        var reports = 0;
        var again = Train("run", Options, new Reports(() => reports++));
        reports.ShouldBe(0);
        ShouldBeTheSame(again, whole);
    }

    /// <summary>Thirty times it dies at a random step, without a word, and is started again.</summary>
    [Test]
    public void and_thirty_deaths_at_random_steps_change_nothing()
    {
        var options = Options with
        {
            Patience = 0,
            Dropout = 0.2,
            LoraPlusRatio = 4,
            ActivationCheckpointing = true,
            CheckpointEverySteps = 2,
        };
        var whole = Train("whole", options);
        var random = new Random(6);
        var deaths = 0;
        TrainingResult? last = null;
        while (last is null)
        {
            var at = deaths < 30 ? 3 + random.Next(2) : int.MaxValue;
            var seen = 0;
            try
            {
                last = Train("killed", options, new Reports(() => _ = ++seen == at ? throw new TimeoutException() : 0));
            }
            catch (TimeoutException)
            {
                deaths++;
            }
        }

        deaths.ShouldBe(30);
        last.ResumedFrom.ShouldBeGreaterThan(29);
        ShouldBeTheSame(last, whole);
    }

    [Test]
    public void validation_rows_are_whole_tasks_of_their_own()
    {
        var rows = TrainingRows.Some(60).Select((r, i) => r with { TaskId = $"task {i / 2}" }).ToList();
        var all = rows.Sum(PackedRows.ComputedTokens);
        var split = ValidationSplit.Of(rows, 500, 3);

        split.Train.Select(r => r.TaskId).Intersect(split.Validation.Select(r => r.TaskId)).ShouldBeEmpty();
        split.Train.Concat(split.Validation).ShouldBe(rows, ignoreOrder: true);
        split.Validation.Sum(PackedRows.ComputedTokens).ShouldBeInRange(1, Math.Min(500, all / 10));
        ValidationSplit.Of(rows, 500, 3).Validation.ShouldBe(split.Validation);
        ValidationSplit.Of(rows, 500, 4).Validation.ShouldNotBe(split.Validation);
        Should
            .Throw<BadInputException>(() => ValidationSplit.Of([.. rows.Take(2)], 500, 3))
            .Remedy.ShouldContain("--validate-every");
    }

    private TrainingResult Train(string? folder, TrainingOptions options, IProgress<StageProgress>? progress = null) =>
        new LoraTrainer(_model, "base", TimeProvider.System).Train(
            _rows,
            options,
            folder is null ? null : _folder[folder],
            progress
        );

    private void ShouldBeTheSame(TrainingResult ours, TrainingResult theirs)
    {
        ours.Curve.ShouldBe(theirs.Curve);
        ours.Validation.ShouldBe(theirs.Validation);
        ours.TrainTokens.ShouldBe(theirs.TrainTokens);
        Bytes(ours).ShouldBe(Bytes(theirs));
    }

    private byte[] Bytes(TrainingResult result)
    {
        new LoraFile(result.Adapter, "base").Write(_folder["lora.safetensors"]);
        return File.ReadAllBytes(_folder["lora.safetensors"]);
    }

    private sealed class Reports(Action act) : IProgress<StageProgress>
    {
        public void Report(StageProgress value) => act();
    }
}
