using Distiller.Pretraining;

namespace Distiller.Tests.Pretraining;

internal sealed class A_step_of_pretraining_is_what_the_options_say
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void Make() => _folder = new TemporaryFolder();

    [TearDown]
    public void Remove() => _folder.Dispose();

    [Test]
    public void the_rate_rises_stays_and_falls()
    {
        var options = new PretrainingOptions
        {
            Steps = 100,
            WarmUpSteps = 10,
            DecayShare = 0.4,
            FinalRateShare = 0.05,
        };
        options.RateShareAt(0).ShouldBe(0.1, 1e-12);
        options.RateShareAt(9).ShouldBe(1, 1e-12);
        options.RateShareAt(60).ShouldBe(1, 1e-12);
        options.RateShareAt(80).ShouldBe(0.5, 1e-12);
        options.RateShareAt(99).ShouldBe(0.05, 1e-12);
        (options with { DecayShare = 0 }).RateShareAt(99).ShouldBe(1, 1e-12);
    }

    // Where everything that writes to the residual stream is zero, the model expects each token to follow itself.
    [Test]
    public void an_answer_counts_when_all_its_tokens_are_right_and_the_loss_is_the_mean_over_learnt_tokens()
    {
        var row = new PretrainingRow(
            [5, 5, 5, 7, 8, 8, 9, 9],
            [false, true, true, false, true, true, false, true],
            [0, 0, 0, 1, 1, 1, 2, 2]
        );
        var first = Toy.Train(_folder.Path, Toy.Options with { Steps = 1, TokensPerPass = 8 }, new Constant(row)).Curve[
            0
        ];
        first.ExactMatch.ShouldBe(2.0 / 3, 1e-12, "the second answer begins with an error");
        first.Loss.ShouldBe(new[] { (5, 5), (5, 5), (7, 8), (8, 8), (9, 9) }.Average(p => Nll(p.Item1, p.Item2)), 1e-4);
        first.Tokens.ShouldBe(17 * 7, "the last token predicts nothing; 17 rows of 7 are within 120 tokens");
    }

    [Test]
    public void the_ladder_is_climbed_by_exact_match()
    {
        var options = Toy.Options with { Steps = 300, PassMark = 0.85 };
        var result = Toy.Train(_folder.Path, options);
        result.TopRung.ShouldBe(2);
        result.Curve.TakeLast(20).Average(s => s.ExactMatch).ShouldBeGreaterThan(0.9);
        result.Curve[^1].Loss.ShouldBeLessThan(result.Curve[0].Loss / 10);

        var top = 0;
        var last = new List<double>();
        foreach (var step in result.Curve)
        {
            step.TopRung.ShouldBe(top);
            step.Rung.ShouldBeLessThanOrEqualTo(top);
            if (step.Rung == top)
            {
                last.Add(step.ExactMatch);
                if (top < 2 && last.Count >= 6 && last.TakeLast(6).Average() > 0.85)
                {
                    top++;
                    last.Clear();
                }
            }
        }

        var chosen = result.Curve.Where(s => s.TopRung == 2).ToList();
        chosen.Count(s => s.Rung == 2).ShouldBeInRange(chosen.Count * 55 / 100, chosen.Count * 85 / 100);
        chosen.Select(s => s.Rung).Distinct().Count().ShouldBe(3, "lower rungs are not forgotten");
    }

    [Test]
    public void a_rung_that_is_never_passed_is_never_left_and_one_may_begin_higher()
    {
        Toy.Train(_folder["never"], Toy.Options with { PassMark = 1 }).TopRung.ShouldBe(0);
        Toy.Train(_folder["higher"], Toy.Options with { FirstRung = 2, Steps = 2 }).TopRung.ShouldBe(2);
        Should
            .Throw<BadInputException>(() => Toy.Train(_folder["beyond"], Toy.Options with { FirstRung = 3 }))
            .Message.ShouldContain("0 to 2");
    }

    [Test]
    public void a_step_has_its_least_rows_even_where_they_are_longer_than_its_tokens()
    {
        var row = new PretrainingRow([1, 1, 1, 1], [false, false, false, true], new int[4]);
        var options = Toy.Options with { Steps = 1, TokensPerStep = 4, RowsPerStepMin = 5 };
        Toy.Train(_folder.Path, options, new Constant(row)).Curve[0].Tokens.ShouldBe(15);
    }

    [Test]
    public void rows_that_cannot_be_learnt_are_refused()
    {
        foreach (
            var row in new PretrainingRow[]
            {
                new([1, 2], [false, false], [0, 0]),
                new([1, 2], [true, false], [0, 0]),
                new([1, 2], [false, true], [0]),
                new([1, 40], [false, true], [0, 0]),
                new(new int[65], [.. new bool[64], true], new int[65]),
            }
        )
        {
            Should.Throw<BadInputException>(() =>
                Toy.Train(_folder.Path, Toy.Options with { Steps = 1 }, new Constant(row))
            );
        }
    }

    [Test]
    public void options_outside_their_range_are_refused_by_name()
    {
        var good = Toy.Options;
        foreach (
            var (name, bad) in new (string, PretrainingOptions)[]
            {
                (nameof(good.Steps), good with { Steps = 0 }),
                (nameof(good.TokensPerStep), good with { TokensPerStep = 1 }),
                (nameof(good.RowsPerStepMin), good with { RowsPerStepMin = 0 }),
                (nameof(good.MuonRate), good with { MuonRate = double.NaN }),
                (nameof(good.MuonMomentum), good with { MuonMomentum = 1 }),
                (nameof(good.AdamRate), good with { AdamRate = 0 }),
                (nameof(good.ClipNorm), good with { ClipNorm = 0 }),
                (nameof(good.DecayShare), good with { DecayShare = 2 }),
                (nameof(good.TopShare), good with { TopShare = 0 }),
                (nameof(good.PassMark), good with { PassMark = -1 }),
                (nameof(good.PassBatches), good with { PassBatches = 0 }),
                (nameof(good.CheckpointEvery), good with { CheckpointEvery = TimeSpan.Zero }),
            }
        )
        {
            Should.Throw<BadInputException>(() => Toy.Train(_folder.Path, bad)).Message.ShouldContain(name);
        }
    }

    [Test]
    public void weights_that_are_no_numbers_end_the_run() =>
        Should
            .Throw<BadInputException>(() => Toy.Train(_folder.Path, start: new NotNumbers()))
            .Message.ShouldContain("diverged");

    private static double Nll(int token, int next)
    {
        const int width = 32;
        var e = new RandomStart(1).Values("token_embd.weight", 40, width);
        var h = e.AsSpan(token * width, width).ToArray();
        var rms = Math.Sqrt(h.Average(x => (double)x * x) + 1e-5);
        double[] logits =
        [
            .. Enumerable.Range(0, 40).Select(v => Enumerable.Range(0, width).Sum(i => e[v * width + i] * h[i] / rms)),
        ];
        return Math.Log(logits.Sum(Math.Exp)) - logits[next];
    }

    private sealed class Constant(PretrainingRow row) : ICurriculum
    {
        public int RungCount => 1;

        public string RungName(int rung) => "constant";

        public PretrainingRow Draw(int rung, long seed) => row;
    }

    private sealed class NotNumbers : IStart
    {
        public float[] Values(string tensor, int outer, int inner) => [.. Enumerable.Repeat(float.NaN, outer * inner)];
    }
}
