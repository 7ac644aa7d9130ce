namespace Distiller.Evaluation.Report;

/// <summary>Why tasks were not solved.</summary>
internal static class TrialFailuresSection
{
    private const int ReasonsMax = 20;

    public static Html Draw(TrialPart part, TrialClaim claim)
    {
        var arms = claim.Summary.Figures.Arms;
        var reasons = arms.SelectMany(a => a.Failures)
            .Select(f => f.Reason)
            .Distinct(StringComparer.Ordinal)
            .OrderByDescending(r => claim.After is null ? 0 : Count(claim.After, r))
            .ThenByDescending(r => arms.Sum(a => Count(a, r)))
            .ThenBy(r => r, StringComparer.Ordinal)
            .ToList();
        if (reasons.Count == 0)
        {
            return Html.Empty;
        }

        var more =
            reasons.Count > ReasonsMax ? $" The {ReasonsMax} most frequent of {reasons.Count}; the rows hold all." : "";
        return Html.Of(
            $"""
            <section>
            <h2>Failures</h2>
            <p>A task that was not solved counts, whatever the reason: an answer that is no call, an action that harms, a limit that was reached.</p>
            {Table.Draw(
                "failures",
                $"Unsolved tasks by reason and arm.{more}",
                Html.Of($"{Table.Head("reason")}{arms.Select(a => Table.Head(a.Arm, true))}"),
                [.. reasons.Take(ReasonsMax).Select(r => Row(r, arms)), All(arms)]
            )}{DiscordantTasks.Draw(part.Rows)}</section>

            """
        );
    }

    private static Html Row(string reason, IReadOnlyList<TrialArmFigures> arms) =>
        Html.Of(
            $"<tr><th scope=\"row\"><bdi>{LogText.Short(reason, 60)}</bdi></th>{arms.Select(a => Table.Number(Count(a, reason) is var n and > 0 ? Show.Count(n) : "–"))}</tr>\n"
        );

    private static Html All(IReadOnlyList<TrialArmFigures> arms) =>
        Html.Of(
            $"<tr class=\"sum\"><th scope=\"row\">all</th>{arms.Select(a => Table.Number(Show.Count(a.Tasks - a.Solved)))}</tr>\n"
        );

    private static int Count(TrialArmFigures arm, string reason) =>
        arm.Failures.Where(f => f.Reason == reason).Sum(f => f.Tasks);
}
