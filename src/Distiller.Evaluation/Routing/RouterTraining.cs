using System.Globalization;
using Distiller.Core;
using Distiller.Evaluation.Statistics;

namespace Distiller.Evaluation.Routing;

/// <summary>
/// Learns from a trial's rows which answers of the published adapter are right: a logistic regression, judged on tasks that
/// it has not seen. It becomes part of a release only where it is shown to beat whoever always says the same.
/// </summary>
public static class RouterTraining
{
    private const int Folds = 10;
    private const int BinAnswers = 40;

    /// <summary>Fewer tasks than this on one side tell nothing of that side.</summary>
    private const int SideTasksMin = 8;
    private const int KnownCallsMax = 500;
    private const int KeptTasksMin = 10;

    private static readonly double[] s_errorRates = [0.01, 0.02, 0.05, 0.1, 0.2];

    /// <param name="patterns">Of the night: what its agents call.</param>
    public static TrainedRouter Train(
        IReadOnlyList<TrialRow> rows,
        IReadOnlyList<RequestRow> requests,
        IReadOnlyList<ConfidenceRow> confidence,
        IReadOnlyList<Pattern> patterns
    )
    {
        string[] known =
        [
            .. patterns
                .SelectMany(p => p.Steps)
                .Select(AnswerRouter.SignatureOf)
                .Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal)
                .Take(KnownCallsMax),
        ];
        var tasks = TasksOf(rows, requests, confidence);
        var solved = tasks.Count(t => t.IsSolved);
        if (tasks.Count == 0)
        {
            return Nothing("No classifier: the trial does not tell how sure the adapter was of its answers.");
        }

        if (Math.Min(solved, tasks.Count - solved) < SideTasksMin)
        {
            return Nothing(
                $"No classifier: of {tasks.Count} tasks {solved} were solved; at least {SideTasksMin} of each side are needed to tell them apart."
            );
        }

        var names = AnswerRouter.FeatureNames;
        var judged = CrossValidate(tasks, names, known);
        var fit = FitOf(judged);
        var told = string.Create(
            CultureInfo.InvariantCulture,
            $"on {fit.Tasks} tasks its Brier score is {fit.Brier:F3}, that of a constant {fit.BrierConstant:F3} (gain {fit.Gain.Low:F3} to {fit.Gain.High:F3})"
        );
        var outOfFold = judged.ToDictionary(j => j.Task.Id, j => j.Least, StringComparer.Ordinal);
        if (!(fit.Gain.Low > 0))
        {
            return new TrainedRouter(
                new RoutingVerdict($"No classifier: it is not shown to beat a constant; {told}.", null),
                outOfFold
            );
        }

        var points = Points.Of(tasks, names, known);
        var (weights, bias) = LogisticRegression.Fit(points.Rows, points.Labels);
        return new TrainedRouter(
            new RoutingVerdict(
                $"A classifier says which answers are likely right: {told}.",
                new AnswerRouter
                {
                    Bias = Rounded(bias),
                    Features =
                    [
                        .. points
                            .Scaling.Select((s, i) => s with { Weight = Rounded(weights[i]) })
                            .Where(s => s.Scale > 0),
                    ],
                    KnownCalls = known,
                    Fit = fit,
                    Reliability = ReliabilityOf(judged),
                    Thresholds = [.. s_errorRates.Select(rate => ThresholdOf(judged, rate))],
                }
            ),
            outOfFold
        );
    }

    private static TrainedRouter Nothing(string verdict) =>
        new(new RoutingVerdict(verdict, null), new Dictionary<string, double>(StringComparer.Ordinal));

    private static List<RoutedTask> TasksOf(
        IReadOnlyList<TrialRow> rows,
        IReadOnlyList<RequestRow> requests,
        IReadOnlyList<ConfidenceRow> confidence
    )
    {
        var sure = confidence.Where(c => c.Arm == TrialArm.AdapterInt4).ToDictionary(c => (c.TaskId, c.Request));
        var answers = requests
            .Where(r => r.Arm == TrialArm.AdapterInt4 && sure.ContainsKey((r.TaskId, r.Request)))
            .ToLookup(r => r.TaskId, StringComparer.Ordinal);
        return
        [
            .. rows.Where(r =>
                    r.Arm == TrialArm.AdapterInt4 && answers[r.TaskId].Count() == r.Requests && r.Requests > 0
                )
                .OrderBy(r => r.TaskId, StringComparer.Ordinal)
                .Select(r => new RoutedTask(
                    r.TaskId,
                    r.Solved,
                    [.. answers[r.TaskId].OrderBy(a => a.Request).Select(a => Facts(a, sure[(a.TaskId, a.Request)]))]
                )),
        ];
    }

    private static AnswerFacts Facts(RequestRow request, ConfidenceRow sure) =>
        new(
            new AnswerConfidence(sure.EntropyMean, sure.EntropyMax, sure.MarginMean, sure.MarginMin),
            request.CacheReadTokens + request.CacheWriteTokens,
            request.OutputTokens,
            request.IsCut,
            request.Answer
        );

    /// <summary>Each task is judged by a classifier of the other folds, with the same share of solved ones in every fold.</summary>
    private static List<JudgedTask> CrossValidate(List<RoutedTask> tasks, IReadOnlyList<string> names, string[] known)
    {
        var dealt = tasks
            .OrderBy(t => t.IsSolved)
            .ThenBy(t => Fnv1a.Hash(t.Id))
            .ThenBy(t => t.Id, StringComparer.Ordinal)
            .Select((t, i) => (Task: t, Fold: i % Folds))
            .ToList();
        var judged = new List<JudgedTask>();
        for (var fold = 0; fold < Folds; fold++)
        {
            var seen = dealt.Where(d => d.Fold != fold).Select(d => d.Task).ToList();
            var points = Points.Of(seen, names, known);
            var (weights, bias) = LogisticRegression.Fit(points.Rows, points.Labels);
            var constant = seen.Sum(t => t.IsSolved ? (double)t.Answers.Count : 0) / seen.Sum(t => t.Answers.Count);
            foreach (var (task, _) in dealt.Where(d => d.Fold == fold))
            {
                double[] said =
                [
                    .. task.Answers.Select(a => LogisticRegression.Score(points.Row(a, known), weights, bias)),
                ];
                judged.Add(new JudgedTask(task, said, constant));
            }
        }

        return [.. judged.OrderBy(j => j.Task.Id, StringComparer.Ordinal)];
    }

    private static RouterFit FitOf(List<JudgedTask> judged)
    {
        var own = judged.ConvertAll(j => j.Squares);
        var constants = judged.ConvertAll(j => j.ConstantSquares);
        var counts = judged.ConvertAll(j => (double)j.Said.Count);
        var answers = counts.Sum();
        var gain = BcaBootstrap.RatioOfSums(
            [.. judged.Select((_, i) => new ClusterSum(constants[i] - own[i], counts[i]))],
            new BootstrapOptions()
        );
        return new RouterFit(
            judged.Count,
            judged.Count(j => j.Task.IsSolved),
            (int)answers,
            Folds,
            Rounded(own.Sum() / answers),
            Rounded(constants.Sum() / answers),
            new Interval(Rounded(gain.Interval!.Value.Low), Rounded(gain.Interval.Value.High))
        );
    }

    /// <summary>Bins of equally many answers: where nearly all are right, equal widths would leave most of them empty.</summary>
    private static IReadOnlyList<ReliabilityBin> ReliabilityOf(List<JudgedTask> judged)
    {
        var said = judged.SelectMany(j => j.Said.Select(p => (Said: p, j.Task.IsSolved))).OrderBy(s => s.Said).ToList();
        var bins = Math.Clamp(said.Count / BinAnswers, 1, 10);
        return
        [
            .. Enumerable
                .Range(0, bins)
                .Select(b => said[(b * said.Count / bins)..((b + 1) * said.Count / bins)])
                .Select(b => new ReliabilityBin(
                    b.Count,
                    Rounded(b.Average(s => s.Said)),
                    Rounded(b.Average(s => s.IsSolved ? 1.0 : 0))
                )),
        ];
    }

    /// <summary>The lowest threshold that keeps the promise: a task is passed on where any of its answers lies below it.</summary>
    private static RouterThreshold ThresholdOf(List<JudgedTask> judged, double errorRate)
    {
        var wrong = judged.Count(j => !j.Task.IsSolved);
        // Kept is a tail of this order: those the classifier is surest of.
        var kept = judged.OrderBy(j => j.Least).ToList();
        for (var passed = 0; kept.Count - passed >= KeptTasksMin; passed++)
        {
            var isTie = passed > 0 && kept[passed].Least <= kept[passed - 1].Least;
            var left = kept.Skip(passed).Count(j => !j.Task.IsSolved);
            if (!isTie && left <= errorRate * (kept.Count - passed))
            {
                return new RouterThreshold(
                    errorRate,
                    passed == 0 ? 0 : Rounded((kept[passed].Least + kept[passed - 1].Least) / 2),
                    Rounded((double)passed / kept.Count),
                    Rounded((double)(wrong - left) / wrong)
                );
            }
        }

        return new RouterThreshold(errorRate, null, 1, 1);
    }

    /// <summary>To six digits: what differs behind them from machine to machine says nothing.</summary>
    private static double Rounded(double value) =>
        double.Parse(value.ToString("G6", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}

/// <summary>What came of it.</summary>
/// <param name="OutOfFold">
/// For each task how likely its least likely answer is right, by a classifier that had not seen the task.
/// </param>
public sealed record TrainedRouter(RoutingVerdict Verdict, IReadOnlyDictionary<string, double> OutOfFold);

/// <summary>A task with all its answers.</summary>
internal sealed record RoutedTask(string Id, bool IsSolved, IReadOnlyList<AnswerFacts> Answers);

/// <summary>A task with what was said of its answers.</summary>
internal sealed record JudgedTask(RoutedTask Task, IReadOnlyList<double> Said, double Constant)
{
    public double Least => Said.Min();

    public double Squares => Said.Sum(p => Square(p - Truth));

    public double ConstantSquares => Said.Count * Square(Constant - Truth);

    private double Truth => Task.IsSolved ? 1 : 0;

    private static double Square(double value) => value * value;
}

/// <summary>Answers as standardized numbers.</summary>
/// <param name="Rows">For each answer one number a feature: its distance from the mean in deviations.</param>
internal sealed record Points(
    IReadOnlyList<RouterFeature> Scaling,
    IReadOnlyList<float[]> Rows,
    IReadOnlyList<bool> Labels
)
{
    public static Points Of(IReadOnlyList<RoutedTask> tasks, IReadOnlyList<string> names, IReadOnlyList<string> known)
    {
        var facts = tasks.SelectMany(t => t.Answers).ToList();
        RouterFeature[] scaling =
        [
            .. names.Select(name =>
            {
                var values = facts.ConvertAll(f => AnswerRouter.ValueOf(name, f, known)!.Value);
                var mean = values.Average();
                var deviation = Math.Sqrt(values.Average(v => (v - mean) * (v - mean)));
                // What hardly varies divides rounding by rounding.
                return new RouterFeature(name, Digits(mean), deviation > 1e-9 ? Digits(deviation) : 0, 0);
            }),
        ];
        return new Points(
            scaling,
            facts.ConvertAll(f => Row(f, known, scaling)),
            [.. tasks.SelectMany(t => t.Answers.Select(_ => t.IsSolved))]
        );
    }

    public float[] Row(AnswerFacts facts, IReadOnlyList<string> known) => Row(facts, known, Scaling);

    private static float[] Row(AnswerFacts facts, IReadOnlyList<string> known, IReadOnlyList<RouterFeature> scaling) =>
        [
            .. scaling.Select(s =>
                s.Scale > 0 ? (float)((AnswerRouter.ValueOf(s.Name, facts, known)!.Value - s.Mean) / s.Scale) : 0
            ),
        ];

    /// <summary>As they are written in the release, so that a device computes with the same numbers.</summary>
    private static double Digits(double value) =>
        double.Parse(value.ToString("G6", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
