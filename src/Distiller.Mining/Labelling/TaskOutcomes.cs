using Distiller.Mining.Outcomes;
using Distiller.Mining.Tasks;

namespace Distiller.Mining.Labelling;

/// <summary>The tasks of an episode and how each ended, as people see and correct it.</summary>
/// <param name="persons">By <see cref="PersonLabel.Task"/>; null for none.</param>
public sealed class TaskOutcomes(OutcomeRules rules, IReadOnlyDictionary<string, PersonLabel>? persons)
{
    private const int RequestCharsMax = 200;

    private readonly TaskCutter _cutter = new(rules);
    private readonly OutcomeJudge _judge = new(rules);

    /// <summary>In the order of the session; one for an attempt that is no session.</summary>
    public IReadOnlyList<TaskOutcome> Of(Episode episode)
    {
        var tasks = _cutter.Cut(episode);
        var outcomes = new List<TaskOutcome>(tasks.Count);
        var firstTurn = 0;
        for (var i = 0; i < tasks.Count; i++)
        {
            var (task, told) = _judge.Judge(tasks[i], hasNext: i + 1 < tasks.Count);
            var person = PersonLabel.Of(persons, task.Format, task.Tenant, task.Key);
            outcomes.Add(
                new TaskOutcome(
                    task.Id,
                    task.Key,
                    Request(task),
                    firstTurn,
                    task.Turns.Count,
                    person is null ? task.Outcome : new Outcome(person.Says, Evidence.Person, Confidence: 1),
                    person is null ? told : [new Evidence(Evidence.Person, person.Says, 1, Direct: true), .. told],
                    person
                )
            );
            firstTurn += task.Turns.Count;
        }

        return outcomes;
    }

    /// <summary>
    /// Of the whole: failed where a task failed, succeeded where one succeeded and none failed; as sure as the least sure of
    /// those that say so.
    /// </summary>
    public static Outcome Whole(IReadOnlyList<TaskOutcome> tasks)
    {
        var kind =
            tasks.Any(t => t.Outcome.Kind == OutcomeKind.Failed) ? OutcomeKind.Failed
            : tasks.Any(t => t.Outcome.Kind == OutcomeKind.Succeeded) ? OutcomeKind.Succeeded
            : OutcomeKind.Unknown;
        var telling = tasks.Where(t => t.Outcome.Kind == kind).Select(t => t.Outcome).ToList();
        return kind == OutcomeKind.Unknown
            ? Outcome.Unknown
            : new Outcome(
                kind,
                string.Join(", ", telling.Select(o => o.Judge).Distinct(StringComparer.Ordinal)),
                telling.Count == 1 ? telling[0].Score : null,
                telling.Min(o => o.Confidence)
            );
    }

    private static string Request(Episode task)
    {
        var text = (task.Turns.FirstOrDefault(t => t.IsRequest)?.Text ?? "").Trim();
        return text.Length <= RequestCharsMax ? text : text[..RequestCharsMax] + "…";
    }
}

/// <summary>A task of an episode.</summary>
/// <param name="Request">What was asked, cut where it is long.</param>
/// <param name="FirstTurn">Index of its first turn in the episode.</param>
/// <param name="Evidence">Everything that is said of its outcome, what decides first.</param>
/// <param name="Person">What a person said; null for nothing.</param>
public sealed record TaskOutcome(
    EpisodeId Id,
    string Key,
    string Request,
    int FirstTurn,
    int Turns,
    Outcome Outcome,
    IReadOnlyList<Evidence> Evidence,
    PersonLabel? Person
);
