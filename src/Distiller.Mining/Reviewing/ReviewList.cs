using Distiller.Mining.Labelling;
using Distiller.Mining.Outcomes;

namespace Distiller.Mining.Reviewing;

/// <summary>
/// The tasks whose outcome neither a person nor the log tells, for a person to look at. In a format where a model of how tasks
/// look is shown to know more than the share of those that worked, those that probably worked come first; elsewhere the newest.
/// "Shown" is cross-validation by task, so that no attempt at a task is predicted from another one: the log loss must fall by
/// more than 1.96 standard errors over tasks. The model orders this list and nothing else: it never decides what teaches.
/// </summary>
public sealed class ReviewList
{
    private const int Folds = 5;
    private const int KnownMin = 20;
    private const int EitherMin = 5;

    private ReviewList(IReadOnlyList<ReviewOrder> orders, IReadOnlyList<ReviewTask> tasks)
    {
        Orders = orders;
        Tasks = tasks;
    }

    /// <summary>One for each format that has something to review.</summary>
    public IReadOnlyList<ReviewOrder> Orders { get; }

    /// <summary>By format; the order of each is as <see cref="Orders"/> says.</summary>
    public IReadOnlyList<ReviewTask> Tasks { get; }

    /// <param name="tasks">All tasks of a workspace.</param>
    public static ReviewList Of(IEnumerable<ReviewCandidate> tasks)
    {
        var orders = new List<ReviewOrder>();
        var listed = new List<ReviewTask>();
        foreach (
            var format in tasks
                .GroupBy(t => t.Format, StringComparer.Ordinal)
                .OrderBy(g => g.Key, StringComparer.Ordinal)
        )
        {
            var open = format
                .Where(t => t.Known is null)
                .OrderByDescending(t => t.StartedAt ?? DateTimeOffset.MinValue)
                .ThenBy(t => t.Task.Id)
                .ToList();
            if (open.Count == 0)
            {
                continue;
            }

            var known = format.Where(t => t.Known is not null).OrderBy(t => t.Task.Id).ToList();
            var order = Order(format.Key, known);
            orders.Add(order);
            if (order.IsByProbability)
            {
                var model = LogisticModel.Fit(Rows(known));
                listed.AddRange(
                    open.Select(t => new ReviewTask(t.Format, t.Task, model.Probability(t.Features)))
                        .OrderByDescending(t => t.ProbablyWorked)
                );
            }
            else
            {
                listed.AddRange(open.Select(t => new ReviewTask(t.Format, t.Task, null)));
            }
        }

        return new ReviewList(orders, listed);
    }

    private static ReviewOrder Order(string format, IReadOnlyList<ReviewCandidate> known)
    {
        var worked = known.Count(IsSuccess);
        if (known.Count < KnownMin || Math.Min(worked, known.Count - worked) < EitherMin)
        {
            return new ReviewOrder(format, known.Count, null, null, IsByProbability: false);
        }

        var losses = new List<(string Group, double Model, double Constant)>();
        foreach (var fold in Enumerable.Range(0, Folds))
        {
            var train = known.Where(t => Fold(t.Group) != fold).ToList();
            var held = known.Where(t => Fold(t.Group) == fold).ToList();
            var share = (train.Count(IsSuccess) + 1.0) / (train.Count + 2);
            if (held.Count == 0 || train.All(IsSuccess) || !train.Exists(IsSuccess))
            {
                continue;
            }

            var model = LogisticModel.Fit(Rows(train));
            losses.AddRange(
                held.Select(t =>
                    (t.Group, Loss(model.Probability(t.Features), IsSuccess(t)), Loss(share, IsSuccess(t)))
                )
            );
        }

        var gains = losses
            .GroupBy(l => l.Group, StringComparer.Ordinal)
            .Select(g => g.Average(l => l.Constant - l.Model))
            .ToList();
        if (gains.Count < 2 * Folds)
        {
            return new ReviewOrder(format, known.Count, null, null, IsByProbability: false);
        }

        var mean = gains.Average();
        var error = Math.Sqrt(gains.Sum(g => (g - mean) * (g - mean)) / (gains.Count - 1) / gains.Count);
        return new ReviewOrder(
            format,
            known.Count,
            losses.Average(l => l.Model),
            losses.Average(l => l.Constant),
            IsByProbability: mean - (1.96 * error) > 0
        );
    }

    private static List<(double[], bool)> Rows(IEnumerable<ReviewCandidate> known) =>
        [.. known.Select(t => (t.Features, IsSuccess(t)))];

    private static bool IsSuccess(ReviewCandidate task) => task.Known == OutcomeKind.Succeeded;

    /// <summary>The same for all attempts at a task.</summary>
    private static int Fold(string group) => (int)(Fnv1a.Hash(group) % Folds);

    private static double Loss(double probability, bool worked) =>
        -Math.Log(Math.Clamp(worked ? probability : 1 - probability, 1e-6, 1));
}

/// <summary>How the list of a format is ordered, and why.</summary>
/// <param name="Known">Tasks whose outcome a person or the log tells.</param>
/// <param name="LogLoss">Of the model on tasks that it was not fitted to, in nats; null where too few are known.</param>
/// <param name="ConstantLogLoss">Of the share of those that worked.</param>
/// <param name="IsByProbability">Those that probably worked come first; else the newest.</param>
public sealed record ReviewOrder(
    string Format,
    int Known,
    double? LogLoss,
    double? ConstantLogLoss,
    bool IsByProbability
);

/// <summary>A task to be looked at.</summary>
/// <param name="ProbablyWorked">0 to 1; null where the list is not ordered by it.</param>
public sealed record ReviewTask(string Format, TaskOutcome Task, double? ProbablyWorked);

/// <summary>A task of a workspace as the list needs it.</summary>
/// <param name="Group">Attempts of one group are never predicted from each other.</param>
/// <param name="Known">What a person or the log tells; null for nothing.</param>
public sealed record ReviewCandidate(
    string Format,
    string Group,
    TaskOutcome Task,
    DateTimeOffset? StartedAt,
    OutcomeKind? Known,
    double[] Features
)
{
    /// <param name="episode">As collected.</param>
    public static IEnumerable<ReviewCandidate> Of(Episode episode, TaskOutcomes outcomes) =>
        outcomes
            .Of(episode)
            .Select(task => new ReviewCandidate(
                episode.Format,
                episode.Session?.Name ?? episode.TaskId,
                task,
                episode.StartedAt,
                task.Evidence.FirstOrDefault(e => e.Source is Evidence.Person or Evidence.Log)?.Says,
                FeaturesOf([.. episode.Turns.Skip(task.FirstTurn).Take(task.Turns)], task)
            ));

    /// <summary>How long it was, what went wrong on the way, how it ended, and what the rules say of it.</summary>
    private static double[] FeaturesOf(List<Turn> turns, TaskOutcome task)
    {
        var results = turns.FindAll(t => t.Role == TurnRole.Tool);
        var rules = task.Evidence.Where(e => e.Source is not (Evidence.Person or Evidence.Log)).ToList();
        return
        [
            Math.Log(1 + turns.Count),
            Math.Log(1 + turns.Sum(t => t.ToolCalls.Count)),
            results.Count == 0 ? 0 : (double)results.Count(t => t.IsError) / results.Count,
            results.Count > 0 && results[^1].IsError ? 1 : 0,
            turns.Count > 0 && turns[^1].Role == TurnRole.Assistant ? 1 : 0,
            turns.Count == 0 ? 0 : Math.Log(1 + turns[^1].Text.Length),
            Math.Log(1 + task.Request.Length),
            Strongest(OutcomeKind.Succeeded),
            Strongest(OutcomeKind.Failed),
        ];

        double Strongest(OutcomeKind kind) =>
            rules.Where(e => e.Says == kind).Select(e => e.Confidence).DefaultIfEmpty(0).Max();
    }
}
