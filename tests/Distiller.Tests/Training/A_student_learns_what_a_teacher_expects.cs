using Distiller.Training.Distilling;
using Distiller.Training.Model;
using Distiller.Training.Objectives;
using Distiller.Training.Torch;

namespace Distiller.Tests.Training;

internal sealed class A_student_learns_what_a_teacher_expects
{
    private const int Vocabulary = 6;
    private static readonly double[] W = GradientCheck.Numbers(Vocabulary * 3, 8);
    private static readonly long[] Goals = [0, 4, 5, 2];
    private static readonly double[] Weights = [1, 0.5, 0, 3];
    private static readonly long[] Ids = [0, 1, 4, 2, 3, 5, 1, 0];
    private static readonly double[] P = [0.5, 0.2, 0.9, 0.1, 1, 0, 0.25, 0.25];

    private TemporaryFolder _folder = null!;
    private BaseModel _model = null!;

    [OneTimeSetUp]
    public void Load()
    {
        _folder = new TemporaryFolder();
        _model = Parity.Load(new TinyBase { Context = 128 }.Write(_folder["base.gguf"]));
    }

    [OneTimeTearDown]
    public void Free()
    {
        _model.Dispose();
        _folder.Dispose();
    }

    [TestCase(0)]
    [TestCase(0.3)]
    [TestCase(1)]
    public void the_loss_is_the_formula_and_its_gradient_the_slope(double share)
    {
        double[] h = [.. GradientCheck.Numbers(4 * 3, 9).Select(x => 3 * x)];
        using var scope = torch.NewDisposeScope();

        Loss(torch.tensor(h, [4, 3]), share).item().ShouldBe(Expected(h, share), 1e-10);
        GradientCheck.Furthest(t => Loss(t[0], share), (h, [4, 3])).ShouldBeLessThan(1e-7);
    }

    [Test]
    public void a_teacher_that_says_the_logged_token_is_cross_entropy()
    {
        var row = TrainingRows.Some(4)[3];
        var (tokens, wanted) = PackedRows.Pack([row], 1);
        using var scope = torch.NewDisposeScope();
        var plain = _model.Loss(tokens, wanted).Sum.item();

        _model.DistillationLoss(tokens, wanted, TeacherPass.Logged(row, 4), 0).item().ShouldBe(plain, 1e-6 * plain);
    }

    /// <summary>The pass with the shared prefix against plain rows in which the context stands before each.</summary>
    [Test]
    public void a_context_that_is_computed_once_gives_what_it_gives_before_every_row()
    {
        int[] context = [.. Enumerable.Range(0, 37).Select(i => (7 * i + 3) % TinyBase.Tokens.Count)];
        var rows = TrainingRows.Some(5);

        var taught = TeacherPass.Run(_model, context, rows, count: 4, tokensPerPass: 30).ToList();

        taught.Count.ShouldBe(rows.Count);
        foreach (var (row, (targets, nll)) in rows.Zip(taught))
        {
            var logits = _model.LogitRows([.. context, .. row.Tokens]);
            var (place, sum) = (0, 0.0);
            foreach (var t in Enumerable.Range(0, row.Tokens.Length).Where(t => row.LossMask[t]))
            {
                var seen = logits[context.Length + t - 1];
                var all = Math.Log(seen.Sum(x => Math.Exp(x)));
                var log = seen.Select(x => x - all).ToArray();
                var best = log.Index().OrderByDescending(x => x.Item).Take(4).ToList();
                targets.Ids[place..(place + 4)].ShouldBe(best.Select(b => b.Index));
                Parity
                    .Furthest(
                        [.. targets.LogProbabilities[place..(place + 4)].Select(x => (double)x)],
                        [.. best.Select(b => b.Item)]
                    )
                    .ShouldBeLessThan(1e-4);
                sum -= log[row.Tokens[t]];
                place += 4;
            }

            nll.ShouldBe(sum, 1e-4);
        }
    }

    [Test]
    public void training_brings_the_student_nearer_and_a_row_without_a_teacher_is_refused()
    {
        int[] context = [.. Enumerable.Range(0, 20)];
        var rows = TrainingRows.Some(4);
        List<TrainingExample> taught =
        [
            .. rows.Zip(TeacherPass.Run(_model, context, rows, count: 8), (row, t) => row with { Teacher = t.Targets }),
        ];
        var options = TrainingRows.Quick with { Objective = new ContextDistillation().Name, CrossEntropyShare = 0 };
        var trainer = new LoraTrainer(_model, "base", TimeProvider.System);

        var curve = trainer.Train(taught, options).Curve;

        curve[^1].Loss.ShouldBeLessThan(0.7 * curve[0].Loss);
        Should.Throw<ArgumentException>(() => trainer.Train(rows, options)).Message.ShouldContain("teacher");
    }

    private static Tensor Loss(Tensor h, double share) =>
        Blocks.linear_distillation(
            h,
            torch.tensor(W, [Vocabulary, 3]),
            torch.tensor(Goals, [4]),
            torch.tensor(Weights, [4]),
            torch.tensor(Ids, [4, 2]),
            torch.tensor(P, [4, 2]),
            share
        );

    private static double Expected(double[] h, double share)
    {
        var sum = 0.0;
        for (var i = 0; i < 4; i++)
        {
            var logits = Enumerable
                .Range(0, Vocabulary)
                .Select(v => Enumerable.Range(0, 3).Sum(d => h[i * 3 + d] * W[v * 3 + d]));
            var q = logits.Select(Math.Exp).ToArray();
            q = [.. q.Select(x => x / q.Sum())];
            var (tail, own, kl) = (1.0, 1.0, 0.0);
            for (var k = 0; k < 2; k++)
            {
                var (p, s) = (P[2 * i + k], q[Ids[2 * i + k]]);
                kl += p > 0 ? p * Math.Log(p / s) : 0;
                (tail, own) = (tail - p, own - s);
            }

            kl += tail > 1e-12 ? tail * Math.Log(tail / own) : 0;
            sum += Weights[i] * (share * -Math.Log(q[Goals[i]]) + (1 - share) * kl);
        }

        return sum;
    }
}
