using Distiller.Gguf;
using Distiller.Training.Distilling;
using Distiller.Training.Lora;
using Distiller.Training.Model;
using Distiller.Training.Objectives;
using Distiller.Training.Torch;

namespace Distiller.Tests.Training;

internal sealed class A_student_is_corrected_on_what_it_says
{
    private const int Vocabulary = 6;
    private const string ContextId = "handbook";
    private static readonly int[] Line = [1, 2, 3];
    private static readonly int[] Context =
    [
        .. Enumerable.Range(0, 40).Select(i => (7 * i + 3) % TinyBase.Tokens.Count),
    ];
    private static readonly double[] W = GradientCheck.Numbers(Vocabulary * 3, 8);
    private static readonly double[] Weights = [1, 0.5, 0, 3];

    private readonly List<TrainingExample> _rows =
    [
        .. TrainingRows
            .Some(6)
            .Select(r =>
                r with
                {
                    Tokens = [.. Line, .. r.Tokens],
                    LossMask = [false, false, false, .. r.LossMask],
                    ContextId = ContextId,
                }
            ),
    ];
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

    private static TrainingOptions Options =>
        TrainingRows.Quick with
        {
            Objective = new OnPolicyDistillation().Name,
            CrossEntropyShare = 0,
            Epochs = 30,
        };

    [Test]
    public void the_loss_is_the_formula_and_its_gradient_the_slope()
    {
        double[] h = [.. GradientCheck.Numbers(4 * 3, 9).Select(x => 3 * x)];
        double[] teacher = [.. GradientCheck.Numbers(4 * 3, 4).Select(x => 2 * x)];
        Tensor Loss(Tensor student) =>
            Blocks.linear_reverse_kl(
                student,
                torch.tensor(W, [Vocabulary, 3]),
                torch.tensor(teacher, [4, 3]),
                torch.tensor(Weights, [4])
            );
        using var scope = torch.NewDisposeScope();

        var expected = 0.0;
        for (var i = 0; i < 4; i++)
        {
            var (q, p) = (Odds(h, i), Odds(teacher, i));
            expected += Weights[i] * q.Zip(p, (a, b) => a * Math.Log(a / b)).Sum();
        }

        Loss(torch.tensor(h, [4, 3])).item().ShouldBe(expected, 1e-10);
        GradientCheck.Furthest(t => Loss(t[0]), (h, [4, 3])).ShouldBeLessThan(1e-7);
        Should.Throw<ArgumentException>(() => Loss(torch.tensor(h, [3, 4])));
    }

    /// <summary>The sampler with its caches against whole rows, with the same numbers drawn.</summary>
    [TestCase(false)]
    [TestCase(true)]
    public void a_draw_is_one_of_the_whole_distribution(bool hasAdapter)
    {
        using var adapter = hasAdapter ? Adapter(scale: 0.3f) : null;
        List<SampledPrompt> prompts =
        [
            new([1, 2, 3, 4], 12, End: -1, Seed: 5),
            new([9], 7, End: -1, Seed: 6),
            new([.. Context], 9, End: -1, Seed: 7),
        ];

        var said = new TokenSampler(_model, adapter).Continue(prompts);

        foreach (var (prompt, tokens) in prompts.Zip(said))
        {
            tokens.Length.ShouldBe(prompt.TokensMax);
            var random = new SplitMix64(prompt.Seed);
            List<int> so = [.. prompt.Tokens];
            foreach (var token in tokens)
            {
                var logits = _model.LogitRows([.. so], adapter)[^1].Select(x => (double)x).ToArray();
                var sum = logits.Sum(Math.Exp);
                var (left, drawn) = (random.NextDouble(), 0);
                while (drawn < logits.Length - 1 && (left -= Math.Exp(logits[drawn]) / sum) >= 0)
                {
                    drawn++;
                }

                token.ShouldBe(drawn);
                so.Add(token);
            }
        }

        // The same seeds again, beside others: no row depends on what is drawn beside it.
        new TokenSampler(_model, adapter)
            .Continue([prompts[1]])[0]
            .ShouldBe(said[1]);
        said.ShouldNotBe(new TokenSampler(_model, adapter).Continue([.. prompts.Select(p => p with { Seed = 77 })]));
    }

    [Test]
    public void an_answer_ends_with_its_end()
    {
        var free = new SampledPrompt([1, 2, 3], 40, End: -1, Seed: 3);
        var long_ = new TokenSampler(_model, null).Continue([free])[0];
        var end = long_[5];

        var cut = new TokenSampler(_model, null).Continue([free with { End = end }])[0];

        cut.ShouldBe(long_[..(Array.IndexOf(long_, end) + 1)]);
    }

    [Test]
    public void the_student_comes_nearer_to_the_base_that_reads()
    {
        using var teacher = Teacher();

        var curve = Train(Options, teacher).Curve;

        double Mean(IEnumerable<TrainingStep> steps) => steps.Average(s => s.Loss);
        var start = Mean(curve.Take(8));
        start.ShouldBeGreaterThan(0.01, "with the context the base expects something else than without");
        Mean(curve.TakeLast(8)).ShouldBeLessThan(0.7 * start);
    }

    [Test]
    public void the_teacher_says_what_it_says_of_whole_prompts()
    {
        using var teacher = Teacher();
        using var scope = torch.NewDisposeScope();
        using var off = torch.no_grad();

        var hidden = teacher.Hidden(_rows); // [n, D]
        var logits = torch
            .nn.functional.linear(hidden, _model.Output)
            .ToFloats()
            .Chunk(_model.Config.Vocabulary)
            .ToList();

        var at = 0;
        foreach (var row in _rows)
        {
            int[] whole = [.. Context, .. row.Tokens[Line.Length..]];
            var expected = _model.LogitRows(whole);
            foreach (var t in Enumerable.Range(0, row.Tokens.Length).Where(t => row.LossMask[t]))
            {
                Parity
                    .Furthest(
                        logits[at++].Select(x => (double)x),
                        expected[Context.Length - Line.Length + t - 1].Select(x => (double)x)
                    )
                    .ShouldBeLessThan(1e-4);
            }
        }

        at.ShouldBe(logits.Count);
    }

    [Test]
    public void where_no_context_is_read_the_logged_tokens_teach()
    {
        using var deaf = new ReadingTeacher(_model, Line, new Dictionary<string, int[]>());
        var plain = Train(Options with { Objective = CrossEntropy.DefaultName });

        Train(Options, deaf).Curve.ShouldBe(plain.Curve);
        Train(Options).Curve.ShouldBe(plain.Curve, "and so they do where nobody is asked");
        using var teacher = Teacher();
        var logged = Train(Options with { CrossEntropyShare = 1 }, teacher).Curve;
        logged.ShouldBe(plain.Curve, "the logged tokens have all of the weight");
    }

    [Test]
    public void half_and_half_is_the_sum_of_both()
    {
        using var teacher = Teacher();
        double First(double share) => Train(Options with { CrossEntropyShare = share }, teacher).Curve[0].Loss;

        First(0.5).ShouldBe(0.5 * First(0) + 0.5 * First(1), 1e-5);
    }

    /// <summary>Layers that are computed twice, and dropout, leave what is drawn as it is.</summary>
    [Test]
    public void a_training_that_recomputes_its_layers_draws_the_same()
    {
        using var teacher = Teacher();

        var plain = Train(Options with { Epochs = 2 }, teacher).Curve;
        var twice = Train(Options with { Epochs = 2, ActivationCheckpointing = true }, teacher).Curve;

        twice.Count.ShouldBe(plain.Count);
        Parity.Furthest(twice.Select(s => s.Loss), plain.Select(s => s.Loss)).ShouldBeLessThan(1e-4);
    }

    [Test]
    public void killed_it_ends_the_same_and_another_context_is_another_training()
    {
        using var teacher = Teacher();
        var options = Options with { Epochs = 4, CheckpointEverySteps = 3 };
        var whole = Train(options, teacher, "whole");
        using var cancel = new CancellationTokenSource();
        Should.Throw<OperationCanceledException>(() =>
            Train(options, teacher, "cut", new CancelAfter(4, cancel), cancel.Token)
        );

        var resumed = Train(options, teacher, "cut");

        resumed.ResumedFrom.ShouldBe(4);
        resumed.Curve.ShouldBe(whole.Curve);
        resumed.Adapter.Pairs.SelectMany(p => p.B).ShouldBe(whole.Adapter.Pairs.SelectMany(p => p.B));
        using var other = new ReadingTeacher(
            _model,
            Line,
            new Dictionary<string, int[]> { [ContextId] = Context[..30] }
        );
        Should.Throw<BadInputException>(() => Train(options, other, "cut")).Message.ShouldContain("another base");
    }

    private ReadingTeacher Teacher() =>
        new(_model, Line, new Dictionary<string, int[]>(StringComparer.Ordinal) { [ContextId] = Context });

    private TrainingResult Train(
        TrainingOptions options,
        ReadingTeacher? teacher = null,
        string? folder = null,
        IProgress<StageProgress>? progress = null,
        CancellationToken cancellation = default
    ) =>
        new LoraTrainer(_model, "base", TimeProvider.System).Train(
            _rows,
            options,
            folder is null ? null : _folder[folder],
            progress,
            teacher: teacher,
            cancellation: cancellation
        );

    /// <summary>An adapter that changes something: a fresh one's B is zero.</summary>
    private LoraAdapter Adapter(float scale)
    {
        using var fresh = LoraAdapter.Create(_model, new LoraSettings(4, 8, LoraTargets.All, 3));
        var weights = fresh.ToWeights();
        var random = new Random(4);
        return LoraAdapter.From(
            _model,
            new LoraWeights(
                weights.Rank,
                weights.Alpha,
                [
                    .. weights.Pairs.Select(p => new LoraFactorPair(
                        p.BaseTensor,
                        p.Rank,
                        p.In,
                        p.Out,
                        p.A,
                        [.. p.B.Select(_ => scale * (float)(random.NextDouble() - 0.5))]
                    )),
                ]
            )
        );
    }

    private static double[] Odds(double[] h, int row)
    {
        var logits = Enumerable
            .Range(0, Vocabulary)
            .Select(v => Enumerable.Range(0, 3).Sum(d => h[row * 3 + d] * W[v * 3 + d]));
        var odds = logits.Select(Math.Exp).ToArray();
        return [.. odds.Select(x => x / odds.Sum())];
    }
}
