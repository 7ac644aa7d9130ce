using Distiller.Gguf;
using Distiller.Training.Distilling;
using Distiller.Training.Lora;
using Distiller.Training.Model;

namespace Distiller.Tests.Training;

internal sealed class A_principal_start_trains_the_base_itself
{
    private static readonly LoraSettings Settings = new(4, 8, LoraTargets.All, 3);

    private TemporaryFolder _folder = null!;
    private BaseModel _model = null!;

    [OneTimeSetUp]
    public void Load()
    {
        _folder = new TemporaryFolder();
        _model = Parity.Load(new TinyBase { Context = 128, Tied = false }.Write(_folder["base.gguf"]));
    }

    [OneTimeTearDown]
    public void Free()
    {
        _model.Dispose();
        _folder.Dispose();
    }

    private static TrainingOptions Options => TrainingRows.Quick with { Init = AdapterStart.Pissa };

    /// <summary>Eckart and Young: no product of rank r is nearer to W, and what is left are the other singular values.</summary>
    [Test]
    public void the_factors_are_the_nearest_of_their_rank()
    {
        var start = PrincipalStart.Of(_model, Settings);

        start.Pairs.Count.ShouldBe(_model.Linears.Count);
        using var scope = torch.NewDisposeScope();
        using var off = torch.no_grad();
        foreach (var (pair, weight) in start.Pairs.Zip(_model.Matrices))
        {
            pair.BaseTensor.ShouldBe(weight.Name);
            var a = torch.tensor(pair.A, [pair.Rank, pair.In]).to(ScalarType.Float64);
            var b = torch.tensor(pair.B, [pair.Out, pair.Rank]).to(ScalarType.Float64);
            var w = weight.Weight.to(ScalarType.Float64);
            var left = w.sub(b.mm(a).mul(8.0 / 4)).norm().item<double>();
            var values = torch.linalg.svdvals(w).data<double>().ToArray();
            left.ShouldBe(Math.Sqrt(values.Skip(4).Sum(v => v * v)), 1e-5);
            left.ShouldBeLessThan(0.98 * w.norm().item<double>());
            // A and B share the singular values between them.
            a.norm().item<double>().ShouldBe(b.norm().item<double>(), 1e-4);
        }
    }

    [Test]
    public void the_first_loss_is_the_bases_own_and_what_is_trained_is_the_principal_part()
    {
        var random = Train(Options with { Init = AdapterStart.Random });
        var principal = Train(Options);

        principal.Curve[0].Loss.ShouldBe(random.Curve[0].Loss, 1e-4, "neither changes anything at first");
        principal.Curve[0].GradientNorm.ShouldNotBe(random.Curve[0].GradientNorm);
        principal.Curve[^1].Loss.ShouldBeLessThan(0.8 * principal.Curve[0].Loss);
        (principal.Adapter.Rank, principal.Adapter.Alpha).ShouldBe((8, 16f));
    }

    /// <summary>On the base as it is, the adapter of twice the rank does what the training did.</summary>
    [Test]
    public void the_adapter_belongs_to_the_unchanged_base()
    {
        var start = PrincipalStart.Of(_model, Settings);
        var random = new Random(2);
        var moved = new LoraWeights(
            start.Rank,
            start.Alpha,
            [
                .. start.Pairs.Select(p => new LoraFactorPair(
                    p.BaseTensor,
                    p.Rank,
                    p.In,
                    p.Out,
                    [.. p.A.Select(x => x + 0.05f * (float)(random.NextDouble() - 0.5))],
                    [.. p.B.Select(x => x + 0.05f * (float)(random.NextDouble() - 0.5))]
                )),
            ]
        );
        using var training = LoraAdapter.From(_model, moved, start);
        using var whole = LoraAdapter.From(_model, PrincipalStart.Difference(moved, start));
        int[] tokens = [.. Enumerable.Range(1, 20)];

        var expected = _model.LogitRows(tokens, training).SelectMany(r => r).Select(x => (double)x).ToList();
        var got = _model.LogitRows(tokens, whole).SelectMany(r => r).Select(x => (double)x).ToList();
        var bare = _model.LogitRows(tokens).SelectMany(r => r).Select(x => (double)x).ToList();

        Parity.Furthest(got, expected).ShouldBeLessThan(1e-4);
        Parity.Furthest(bare, expected).ShouldBeGreaterThan(1e-2);
        whole.Scale.ShouldBe(training.Scale);
    }

    [Test]
    public void killed_it_ends_the_same()
    {
        var options = Options with { CheckpointEverySteps = 2 };
        var whole = Train(options, "whole");
        using var cancel = new CancellationTokenSource();
        Should.Throw<OperationCanceledException>(() => Train(options, "cut", new CancelAfter(3, cancel), cancel.Token));

        var resumed = Train(options, "cut");

        resumed.ResumedFrom.ShouldBe(3);
        resumed.Curve.ShouldBe(whole.Curve);
        resumed.Adapter.Pairs.SelectMany(p => p.A).ShouldBe(whole.Adapter.Pairs.SelectMany(p => p.A));
    }

    [Test]
    public void a_rank_that_no_weight_has_is_refused()
    {
        Should
            .Throw<BadInputException>(() => PrincipalStart.Of(_model, Settings with { Rank = 40 }))
            .Message.ShouldContain("fewer than 40 singular values");
        Should.Throw<BadInputException>(() => Train(Options with { Rank = 257 })).Message.ShouldContain("256");
    }

    private TrainingResult Train(
        TrainingOptions options,
        string? folder = null,
        IProgress<StageProgress>? progress = null,
        CancellationToken cancellation = default
    ) =>
        new LoraTrainer(_model, "base", TimeProvider.System).Train(
            TrainingRows.Some(8),
            options,
            folder is null ? null : _folder[folder],
            progress,
            cancellation: cancellation
        );
}
