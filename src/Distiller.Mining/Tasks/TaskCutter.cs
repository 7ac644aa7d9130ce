using System.Globalization;
using Distiller.Mining.Outcomes;

namespace Distiller.Mining.Tasks;

/// <summary>
/// Cuts a session into tasks: each begins with a request of a person and holds what followed, up to the next request. A
/// message that corrects, refines, answers or thanks belongs to the task it speaks of. An attempt that is no session is one
/// task, as it is.
/// </summary>
public sealed class TaskCutter(OutcomeRules rules)
{
    /// <summary>Raised when the same session would be cut in another way.</summary>
    public const string Version = "1";

    private const int AnswerCharsMax = 200;

    public IReadOnlyList<Episode> Cut(Episode session)
    {
        if (session.Session is null)
        {
            return [session];
        }

        var starts = Starts(session.Turns);
        var paths = new ProjectPaths(session.Session.Project);
        if (starts.Count <= 1)
        {
            return [paths.Apply(session)];
        }

        var requests = Shares(session, starts);
        return
        [
            .. starts.Select(
                (start, i) =>
                    paths.Apply(
                        session with
                        {
                            Id = session.Id.OfTask(i + 1),
                            Key = string.Create(CultureInfo.InvariantCulture, $"{session.Key}#{i + 1}"),
                            TaskId = string.Create(CultureInfo.InvariantCulture, $"{session.TaskId}#{i + 1}"),
                            Turns = [.. session.Turns.Take(End(i)).Skip(start)],
                            StartedAt =
                                session.Turns.Take(End(i)).Skip(start).FirstOrDefault(t => t.Time is not null)?.Time
                                ?? session.StartedAt,
                            Requests = requests[i],
                            UnattributedUsage = i == 0 ? session.UnattributedUsage : default,
                            Events =
                                i == 0 ? session.Events : new SortedDictionary<string, int>(StringComparer.Ordinal),
                        }
                    )
            ),
        ];

        int End(int task) => task + 1 < starts.Count ? starts[task + 1] : session.Turns.Count;
    }

    /// <summary>Indices of the turns at which a task begins; the first is 0.</summary>
    private List<int> Starts(IReadOnlyList<Turn> turns)
    {
        var starts = new List<int>();
        var hasWork = false; // Whether the assistant spoke since the last start.
        for (var i = 0; i < turns.Count; i++)
        {
            if (turns[i].Role == TurnRole.User && (i == 0 || turns[i - 1].Role != TurnRole.User))
            {
                var group = turns.Skip(i).TakeWhile(t => t.Role == TurnRole.User).ToList();
                if (hasWork && BeginsTask(turns, i, group))
                {
                    starts.Add(i);
                    hasWork = false;
                }
            }

            hasWork |= turns[i].Role == TurnRole.Assistant;
        }

        return starts.Count == 0 ? [0]
            : starts[0] == 0 ? starts
            : [0, .. starts];
    }

    private bool BeginsTask(IReadOnlyList<Turn> turns, int at, List<Turn> group)
    {
        var request = group.Find(t => t.IsRequest);
        if (request is null || rules.PhraseOf(request.Text) is not null)
        {
            return false;
        }

        // After an interruption, and after a question of the agent, a short message speaks of what was going on.
        var before = group
            .TakeWhile(t => !t.IsRequest)
            .Any(t => t.Text.Contains("interrupted by user", StringComparison.OrdinalIgnoreCase));
        return !before && !(request.Text.Length <= AnswerCharsMax && Asks(turns, at));
    }

    private static bool Asks(IReadOnlyList<Turn> turns, int at)
    {
        for (var i = at - 1; i >= 0; i--)
        {
            if (turns[i].Role == TurnRole.Assistant)
            {
                return turns[i].Text.TrimEnd().EndsWith('?');
            }
        }

        return false;
    }

    /// <summary>The requests of each task: those of its turns, and after each of them those that have no turn.</summary>
    private static List<List<ModelRequest>> Shares(Episode session, List<int> starts)
    {
        var taskOf = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var (i, task) = (0, 0); i < session.Turns.Count; i++)
        {
            task += task + 1 < starts.Count && i == starts[task + 1] ? 1 : 0;
            if (session.Turns[i].RequestId is { } id)
            {
                taskOf.TryAdd(id, task);
            }
        }

        var shares = starts.ConvertAll(_ => new List<ModelRequest>());
        var last = 0;
        foreach (var request in session.Requests)
        {
            last = taskOf.GetValueOrDefault(request.Id, last);
            shares[last].Add(request);
        }

        return shares;
    }
}
