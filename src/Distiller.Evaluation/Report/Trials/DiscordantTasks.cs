namespace Distiller.Evaluation.Report;

/// <summary>The tasks that only one of A1 and A3 solved, by name: where to look first.</summary>
internal static class DiscordantTasks
{
    private const int EachMax = 8;

    public static Html Draw(IReadOnlyList<TrialRow> rows)
    {
        var after = rows.Where(r => r.Arm == TrialArm.A3).ToDictionary(r => r.TaskId, StringComparer.Ordinal);
        var pairs = rows.Where(r => r.Arm == TrialArm.A1 && after.ContainsKey(r.TaskId))
            .Select(r => (Before: r, After: after[r.TaskId]))
            .Where(p => p.Before.Solved != p.After.Solved)
            .OrderBy(p => p.Before.TaskId, StringComparer.Ordinal)
            .ToList();
        if (pairs.Count == 0)
        {
            return Html.Empty;
        }

        IReadOnlyList<(TrialRow Before, TrialRow After)> shown =
        [
            .. pairs.Where(p => !p.After.Solved).Take(EachMax),
            .. pairs.Where(p => p.After.Solved).Take(EachMax),
        ];
        var more =
            shown.Count < pairs.Count ? $" At most {EachMax} for each arm; the rows hold all {pairs.Count}." : "";
        return Table.Draw(
            "discordant",
            $"Tasks that only one of the two arms solved, and why the other did not.{more}",
            Html.Of(
                $"{Table.Head("task")}{Table.Head("family")}{Table.Head("stratum")}{Table.Head("solved by")}{Table.Head("the other’s failure")}"
            ),
            shown.Select(p => Row(p.Before, p.After))
        );
    }

    private static Html Row(TrialRow before, TrialRow after)
    {
        var (solved, failed) = after.Solved ? (after, before) : (before, after);
        return Html.Of(
            $"""
            <tr><th scope="row"><bdi>{LogText.Short(solved.TaskId, 60)}</bdi></th><td><bdi>{LogText.Short(
                solved.Family,
                80
            )}</bdi></td><td><bdi>{LogText.Short(
                solved.Stratum,
                40
            )}</bdi></td><td>{solved.Arm} only</td><td><bdi>{LogText.Short(
                failed.Reason,
                60
            )}</bdi><small><bdi>{LogText.Short(failed.Detail, 140)}</bdi></small></td></tr>

            """
        );
    }
}
