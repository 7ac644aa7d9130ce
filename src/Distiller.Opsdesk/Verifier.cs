namespace Distiller.Opsdesk;

/// <summary>
/// Judges by the final state and the audit trail alone; what an agent says is never shown to it. The ticket is solved when
/// it was closed with the rule's code after exactly the rule's changes in the rule's order, look-ups it asks for made at
/// their place, and the state is what a desk shows on which the plan was carried out. Look-ups beyond that do no harm.
/// </summary>
public static class Verifier
{
    public const string Judge = "opsdesk verifier";

    public static Verdict Check(Company company, Rule rule, Desk desk) => Check(company, rule, desk.State, desk.Audit);

    internal static Verdict Check(Company company, Rule rule, DeskState state, IReadOnlyList<AuditEntry> audit)
    {
        var done = audit.Select(a => a.Action).Where(a => a.Tool != DeskTool.Close).ToList();
        if (Surplus(done.Where(Changes), rule.Actions) is { } harm)
        {
            return new Verdict(FailureReason.HarmfulAction, $"The rule does not ask for '{harm}'.");
        }

        if (!state.IsClosed)
        {
            return new Verdict(FailureReason.NotClosed, "The ticket is still open.");
        }

        if (Surplus(rule.Actions, done) is { } missing)
        {
            return new Verdict(FailureReason.MissingAction, $"Nobody did '{missing}'.");
        }

        if (!IsInOrder(rule.Actions, done))
        {
            return new Verdict(FailureReason.WrongOrder, "Everything was done, but not in the rule's order.");
        }

        if (state.ClosedWith != rule.Code)
        {
            return new Verdict(FailureReason.WrongCode, $"Closed with {state.ClosedWith} instead of {rule.Code}.");
        }

        return state.Describe() == Expected(company, rule).Describe()
            ? new Verdict(FailureReason.None, "Solved.")
            : new Verdict(FailureReason.WrongState, "The final state is not what the rule's plan leads to.");
    }

    private static bool Changes(DeskAction action) => DeskTool.Find(action.Tool)!.Changes;

    /// <summary>The first action that the one list holds more often than the other.</summary>
    private static DeskAction? Surplus(IEnumerable<DeskAction> these, IEnumerable<DeskAction> those)
    {
        var left = those.ToList();
        return these.FirstOrDefault(action => !left.Remove(action));
    }

    /// <summary>Whether the plan is what remains of the trail when some look-ups are struck out.</summary>
    private static bool IsInOrder(IReadOnlyList<DeskAction> plan, List<DeskAction> done)
    {
        var next = 0;
        foreach (var action in done)
        {
            if (next < plan.Count && plan[next] == action)
            {
                next++;
            }
        }

        return next == plan.Count;
    }

    private static DeskState Expected(Company company, Rule rule)
    {
        var state = new DeskState(company.Estate);
        foreach (var action in rule.Plan)
        {
            state.Apply(action);
        }

        return state;
    }
}

/// <summary>Whether a ticket was solved.</summary>
/// <param name="Reason"><see cref="FailureReason.None"/> when it was.</param>
/// <param name="Detail">One sentence for people.</param>
public sealed record Verdict(FailureReason Reason, string Detail)
{
    public bool IsSolved => Reason == FailureReason.None;
}
