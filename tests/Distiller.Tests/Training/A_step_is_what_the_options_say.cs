using Distiller.Training.Distilling;
using Distiller.Training.Lora;
using Distiller.Training.Model;

namespace Distiller.Tests.Training;

internal sealed class A_step_is_what_the_options_say
{
    private TemporaryFolder _folder = null!;
    private BaseModel _model = null!;

    [SetUp]
    public void Load()
    {
        _folder = new TemporaryFolder();
        _model = Parity.Load(new TinyBase { Context = 64 }.Write(_folder["base.gguf"]));
    }

    [TearDown]
    public void Free()
    {
        _model.Dispose();
        _folder.Dispose();
    }

    [Test]
    public void the_rate_rises_then_falls_along_a_cosine()
    {
        var options = new TrainingOptions
        {
            LearningRate = 0.1,
            WarmUpShare = 0.2,
            FinalRateShare = 0.1,
        };
        options.RateAt(0, 10).ShouldBe(0.05, 1e-12);
        options.RateAt(1, 10).ShouldBe(0.1, 1e-12);
        options.RateAt(2, 10).ShouldBe(0.1, 1e-12);
        options.RateAt(6, 10).ShouldBe(0.055, 1e-12, "halfway between the rate and a tenth of it");
        options.RateAt(10, 10).ShouldBe(0.01, 1e-12);
        (options with { Schedule = LearningRateSchedule.Constant }).RateAt(9, 10).ShouldBe(0.1, 1e-12);
    }

    [Test]
    public void every_row_is_trained_on_once_an_epoch_in_an_order_of_the_seed()
    {
        var rows = TrainingRows.Some(10);
        var result = Train(rows, TrainingRows.Quick with { Epochs = 3 });
        // A row's last computed token is the one before its last loss token.
        var perEpoch = rows.Sum(r => Array.LastIndexOf(r.LossMask, true));
        result.TrainTokens.ShouldBe(3 * perEpoch);
        result.Curve[^1].Tokens.ShouldBe(result.TrainTokens);
        result.Curve.Select(s => s.Step).ShouldBe(Enumerable.Range(1, result.Curve.Count));
        Train(rows, TrainingRows.Quick with { Epochs = 3, Seed = 10 })
            .Curve.Select(s => s.Tokens)
            .ShouldNotBe(result.Curve.Select(s => s.Tokens));
    }

    [Test]
    public void it_ends_with_the_step_that_reaches_the_token_limit()
    {
        var result = Train(TrainingRows.Some(10), TrainingRows.Quick with { Epochs = 100, MaxTrainTokens = 500 });
        result.TrainTokens.ShouldBeInRange(500, 540);
        result.Curve[^2].Tokens.ShouldBeLessThan(500);
    }

    [Test]
    public void a_rows_weight_multiplies_its_share_of_the_loss()
    {
        var row = TrainingRows.Some(4)[3];
        var options = TrainingRows.Quick with { Epochs = 1 };
        var once = Train([row], options).Curve[0];
        var twice = Train([row with { Weight = 2 }], options).Curve[0];
        twice.Loss.ShouldBe(2 * once.Loss, 1e-5);
        twice.GradientNorm.ShouldBe(2 * once.GradientNorm, 1e-4 * twice.GradientNorm);
        once.Loss.ShouldBe(HeldOutLoss.Measure(_model, [row]).MeanNll, 1e-5);
    }

    [Test]
    public void only_the_chosen_targets_change()
    {
        var result = Train(TrainingRows.Some(6), TrainingRows.Quick with { Targets = LoraTargets.Attention });
        result.Adapter.Pairs.Select(p => p.BaseTensor).ShouldAllBe(n => n.Contains("attn_"));
        result.Adapter.Pairs.ShouldAllBe(p => p.B.Any(b => b != 0));
    }

    [Test]
    public void rows_without_loss_are_counted_and_left_out()
    {
        var silent = TrainingRows.Some(2).Select(r => r with { LossMask = new bool[r.Tokens.Length] });
        var result = Train([.. TrainingRows.Some(3), .. silent], TrainingRows.Quick);
        result.RowsWithoutLoss.ShouldBe(2);
        Should.Throw<BadInputException>(() => Train([.. silent], TrainingRows.Quick)).Message.ShouldContain("loss");
        Should.Throw<BadInputException>(() => HeldOutLoss.Measure(_model, [.. silent]));
    }

    [Test]
    public void rows_that_do_not_fit_are_refused_with_their_number()
    {
        var good = TrainingRows.Some(1)[0];
        foreach (
            var bad in new[]
            {
                good with
                {
                    LossMask = new bool[3],
                },
                good with
                {
                    LossMask = [true, .. good.LossMask[1..]],
                },
                good with
                {
                    Tokens = [.. good.Tokens[1..], 99999],
                },
                good with
                {
                    Tokens = [.. good.Tokens[1..], -1],
                },
                good with
                {
                    Tokens = new int[65],
                    LossMask = new bool[65],
                },
                good with
                {
                    Tokens = [],
                    LossMask = [],
                },
                good with
                {
                    Weight = float.NaN,
                },
                good with
                {
                    Weight = -1,
                },
            }
        )
        {
            Should.Throw<BadInputException>(() => Train([good, bad], TrainingRows.Quick)).Place.Line.ShouldBe(2);
        }
    }

    [Test]
    public void options_outside_their_range_are_refused_by_name()
    {
        var good = TrainingRows.Quick;
        foreach (
            var (name, bad) in new (string, TrainingOptions)[]
            {
                (nameof(good.Rank), good with { Rank = 0 }),
                (nameof(good.Alpha), good with { Alpha = float.NaN }),
                (nameof(good.Targets), good with { Targets = LoraTargets.None }),
                (nameof(good.LearningRate), good with { LearningRate = 0 }),
                (nameof(good.WarmUpShare), good with { WarmUpShare = 0.6 }),
                (nameof(good.Beta2), good with { Beta2 = 1 }),
                (nameof(good.Epsilon), good with { Epsilon = double.NaN }),
                (nameof(good.ClipNorm), good with { ClipNorm = 0 }),
                (nameof(good.TokensPerStep), good with { TokensPerStep = 0 }),
                (nameof(good.TokensPerPass), good with { TokensPerPass = int.MaxValue }),
                (nameof(good.Epochs), good with { Epochs = 0 }),
                (nameof(good.MaxTrainTokens), good with { MaxTrainTokens = 0 }),
                (nameof(good.CheckpointEvery), good with { CheckpointEvery = TimeSpan.Zero }),
            }
        )
        {
            Should.Throw<BadInputException>(() => Train(TrainingRows.Some(2), bad)).Message.ShouldContain(name);
        }
    }

    [Test]
    public void a_loss_that_is_no_longer_a_number_ends_the_run()
    {
        var result = Train(TrainingRows.Some(2), TrainingRows.Quick);
        var broken = result.Adapter.Pairs[0];
        broken.B[0] = float.NaN;
        Should
            .Throw<BadInputException>(() =>
                new LoraTrainer(_model, "", TimeProvider.System).Train(
                    TrainingRows.Some(2),
                    TrainingRows.Quick,
                    start: result.Adapter
                )
            )
            .Message.ShouldContain("diverged");
    }

    private TrainingResult Train(IReadOnlyList<TrainingExample> rows, TrainingOptions options) =>
        new LoraTrainer(_model, "", TimeProvider.System).Train(rows, options);
}
