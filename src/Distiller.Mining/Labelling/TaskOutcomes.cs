using Distiller.Mining.Outcomes;
using Distiller.Mining.Tasks;

namespace Distiller.Mining.Labelling;

/// <summary>The tasks of an episode and how each ended, as people see and correct it.</summary>
/// <param name="persons">By <see cref="PersonLabel.Task"/>; null for none.</param>
/// <param name="repository">What the repository showed, by the task's id; null for nothing.</param>
public sealed class TaskOutcomes(
    OutcomeRules rules,
    IReadOnlyDictionary<string, PersonLabel>? persons,
    IReadOnlyDictionary<string, Evidence>? repository = null
)
{
    private const int RequestCharsMax = 200;

    private readonly TaskJudge _judge = new(rules);

    /// <summary>In the order of the session; one for an attempt that is no session.</summary>
    public IReadOnlyList<TaskOutcome> Of(Episode episode)
    {
        var outcomes = new List<TaskOutcome>();
        var firstTurn = 0;
        foreach (var (task, told) in _judge.Judge(episode))
        {
            var person = PersonLabel.Of(persons, task.Format, task.Tenant, task.Key);
            var evidence = told.ToList();
            var logged = evidence.FindIndex(e => e.Source != Evidence.Log) is >= 0 and var rules
                ? rules
                : evidence.Count;
            if (repository?.GetValueOrDefault(task.Id.Value) is { } shown)
            {
                evidence.Insert(logged, shown);
            }

            if (person is not null)
            {
                evidence.Insert(0, new Evidence(Evidence.Person, person.Says, 1, Direct: true));
            }

            outcomes.Add(
                new TaskOutcome(
                    task.Id,
                    task.Key,
                    Request(task),
                    firstTurn,
                    task.Turns.Count,
                    Decide(person, logged > 0, task.Id.Value, task.Outcome),
                    evidence,
                    person
                )
            );
            firstTurn += task.Turns.Count;
        }

        return outcomes;
    }

    /// <summary>Of a task that was judged before.</summary>
    public Outcome Of(KeptOutcome task) =>
        Decide(PersonLabel.Of(persons, task.Format, task.Tenant, task.Key), task.IsLogged, task.Id, task.ToOutcome());

    /// <summary>
    /// Of the whole: failed where a task failed, succeeded where one succeeded and none failed; as sure as the least sure of
    /// those that say so.
    /// </summary>
    public static Outcome Whole(IReadOnlyList<Outcome> tasks)
    {
        var kind =
            tasks.Any(t => t.Kind == OutcomeKind.Failed) ? OutcomeKind.Failed
            : tasks.Any(t => t.Kind == OutcomeKind.Succeeded) ? OutcomeKind.Succeeded
            : OutcomeKind.Unknown;
        var telling = tasks.Where(t => t.Kind == kind).ToList();
        return kind == OutcomeKind.Unknown
            ? Outcome.Unknown
            : new Outcome(
                kind,
                string.Join(", ", telling.Select(o => o.Judge).Distinct(StringComparer.Ordinal)),
                telling.Count == 1 ? telling[0].Score : null,
                telling.Min(o => o.Confidence)
            );
    }

    /// <summary>A person's word stands over the log's, that over what the repository shows, and that over the rules.</summary>
    private Outcome Decide(PersonLabel? person, bool isLogged, string task, Outcome judged) =>
        person is not null ? new Outcome(person.Says, Evidence.Person, Confidence: 1)
        : isLogged || repository?.GetValueOrDefault(task) is not { } shown ? judged
        : new Outcome(shown.Says, shown.Source, Confidence: shown.Confidence);

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
