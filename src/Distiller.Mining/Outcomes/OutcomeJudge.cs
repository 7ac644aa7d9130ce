namespace Distiller.Mining.Outcomes;

/// <summary>
/// Tells how a task ended: the log's own verdict where there is one, else the strongest of the rules that hold. All evidence is
/// kept; where success and failure are as strong, it is a failure, since what is taught must have worked.
/// </summary>
public sealed class OutcomeJudge(OutcomeRules rules)
{
    public string Hash => rules.Hash;

    /// <param name="hasNext">Whether the user went on with another request in the same session.</param>
    public JudgedTask Judge(Episode task, bool hasNext)
    {
        var evidence = new List<Evidence>();
        if (task.Outcome.Kind != OutcomeKind.Unknown)
        {
            evidence.Add(new Evidence(Evidence.Log, task.Outcome.Kind, task.Outcome.Confidence ?? 1, Direct: true));
        }

        evidence.AddRange(ByRules(task, hasNext));
        return task.Outcome.Kind != OutcomeKind.Unknown || evidence.Count == 0
            ? new JudgedTask(task, evidence)
            : new JudgedTask(task with { Outcome = Strongest(evidence) }, evidence);
    }

    /// <summary>What the rules alone say, as if the log told no outcome; the strongest first.</summary>
    public IReadOnlyList<Evidence> ByRules(Episode task, bool hasNext)
    {
        var facts = TaskFacts.Of(task, rules, hasNext);
        return
        [
            .. rules
                .Rules.Where(r => r.Holds(facts))
                .Select(r => new Evidence(r.Id, r.Says, r.Confidence, r.Direct))
                .OrderByDescending(e => e.Confidence)
                .ThenByDescending(e => e.Says),
        ];
    }

    private static Outcome Strongest(List<Evidence> evidence) =>
        new(evidence[0].Says, evidence[0].Source, Confidence: evidence[0].Confidence);
}

/// <param name="Task">With the outcome that the evidence gives.</param>
/// <param name="Evidence">Everything that is said of its outcome, the strongest first.</param>
public sealed record JudgedTask(Episode Task, IReadOnlyList<Evidence> Evidence);
