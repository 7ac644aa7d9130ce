using Distiller.Mining.Outcomes;

namespace Distiller.Mining.Tasks;

/// <summary>Cuts a session into its tasks and tells how each ended.</summary>
public sealed class TaskJudge(OutcomeRules rules)
{
    private readonly TaskCutter _cutter = new(rules);
    private readonly OutcomeJudge _judge = new(rules);

    /// <summary>In the order of the session; one for an attempt that is no session.</summary>
    public IEnumerable<JudgedTask> Judge(Episode session)
    {
        var tasks = _cutter.Cut(session);
        return tasks.Select((task, i) => _judge.Judge(task, hasNext: i + 1 < tasks.Count));
    }
}
