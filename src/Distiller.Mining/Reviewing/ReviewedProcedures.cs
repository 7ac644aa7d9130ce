namespace Distiller.Mining.Reviewing;

/// <summary>People's decisions as far as they change what is mined: who decided, when and why is not in it.</summary>
/// <param name="Accepted">The tools of each accepted procedure, in the order of their ids.</param>
/// <param name="Rejected">The same of the rejected ones.</param>
public sealed record ReviewedProcedures(
    IReadOnlyList<IReadOnlyList<string>> Accepted,
    IReadOnlyList<IReadOnlyList<string>> Rejected
)
{
    /// <returns>Null where nothing is decided, so that a run without decisions is the run it always was.</returns>
    public static ReviewedProcedures? Of(IEnumerable<PatternReview> current)
    {
        var decided = current.OrderBy(r => r.Pattern, StringComparer.Ordinal).ToList();
        var procedures = new ReviewedProcedures(
            [.. decided.Where(r => r.Decision == PatternDecision.Accepted).Select(r => r.Tools)],
            [.. decided.Where(r => r.Decision == PatternDecision.Rejected).Select(r => r.Tools)]
        );
        return procedures.Accepted.Count + procedures.Rejected.Count == 0 ? null : procedures;
    }
}
