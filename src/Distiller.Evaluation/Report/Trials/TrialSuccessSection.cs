namespace Distiller.Evaluation.Report;

/// <summary>Success, paired task by task, the null control, and the strata.</summary>
internal static class TrialSuccessSection
{
    public static Html Draw(TrialClaim claim) =>
        Html.Of(
            $"""
            <section>
            <h2>Success</h2>
            {Words(claim)}<div class="pair">
            {SolvedPlot.Draw(claim)}<div>
            {Pairs(claim)}{Strata(claim)}</div>
            </div>
            <h3 class="apart">The null control</h3>
            <p>{Control(claim)}</p>
            </section>

            """
        );

    private static Html Words(TrialClaim claim) =>
        claim.Comparison is { } c
            ? Html.Of(
                $"""
                <p>Both arms worked every task, so tasks are compared one by one. Only those that one arm solved and the other did not can tell the arms apart: {Show.Count(
                    c.OnlyArm
                )} were solved by A3 alone, {Show.Count(c.OnlyAgainst)} by A1 alone (exact McNemar p {Show.P(
                    c.McNemarP
                )}, which takes tasks as independent). A3’s success is {Show.Points(
                    c.SuccessDifference.Value
                )} points against A1’s; 95 % interval {Show.PointsInterval(
                    c.SuccessDifference
                )} by resampling families, {Show.PointsInterval(
                    c.SuccessDifferenceScore
                )} by the score method. The wider ends of both count: <strong>{TrialJudge.Name(c.Verdict)}</strong>.</p>

                """
            )
            : Html.Empty;

    private static Html Pairs(TrialClaim claim)
    {
        if (claim.Comparison is not { } c)
        {
            return Html.Empty;
        }

        var both = c.BothSolved?.Tasks ?? 0;
        var neither = claim.Summary.Figures.Tasks - both - c.OnlyArm - c.OnlyAgainst;
        return Table.Draw(
            "square",
            "Tasks by who solved them.",
            Html.Of(
                $"{Table.Head("")}{Table.Head("A3 solved it", true)}{Table.Head("A3 did not", true)}{Table.Head("all", true)}"
            ),
            [
                Square("A1 solved it", both, c.OnlyAgainst),
                Square("A1 did not", c.OnlyArm, neither),
                Square("all", both + c.OnlyArm, c.OnlyAgainst + neither),
            ]
        );
    }

    private static Html Square(string row, int solved, int unsolved) =>
        Html.Of(
            $"<tr><th scope=\"row\">{row}</th>{Table.Number(Show.Count(solved))}{Table.Number(Show.Count(unsolved))}{Table.Number(Show.Count(solved + unsolved))}</tr>\n"
        );

    private static string Control(TrialClaim claim)
    {
        if (claim.Control is not { } c || claim.Summary.Figures.Arms.FirstOrDefault(a => a.Arm == c.Arm) is not { } a)
        {
            return "A4, an adapter trained the same way on shuffled completions, did not run. What A3 gains could come from anything that training does; nothing is published without this control.";
        }

        var solved =
            $"A4 was trained the same way as the adapter, but on completions that had been shuffled: it has seen the same words and learnt nothing that holds. It solved {Show.Count(a.Solved)} of {Show.Count(a.Tasks)} tasks ({Show.Percent(a.Success.Value)}), {Show.Points(c.SuccessDifference.Value)} points against A1, 95 % interval {Show.PointsInterval(c.SuccessInterval)}.";
        return claim.IsVoid
                ? $"{solved} It is not shown to be worse than A1, so the control wins and the report is void: what A3 does may be no knowledge of the tasks."
            : c.Verdict != TrialVerdict.Inferior
                ? $"{solved} A1 solves so little that nothing can be shown to be worse; but A3 is shown to be better than both, and A4 is not better than A1: A3’s success comes from what the completions say."
            : $"{solved} It is shown to be worse than A1, as it must be: A3’s success comes from what the completions say.";
    }

    private static Html Strata(TrialClaim claim)
    {
        var arms = claim.Summary.Figures.Arms;
        var strata = arms[0].Strata.OrderByDescending(s => s.Tasks).ThenBy(s => s.Stratum, StringComparer.Ordinal);
        return Table.Draw(
            "strata",
            "Tasks solved in each stratum: strata tell apart what the log could have taught.",
            Html.Of($"{Table.Head("stratum")}{arms.Select(a => Table.Head(a.Arm, true))}"),
            strata.Select(s => Stratum(s, arms))
        );
    }

    private static Html Stratum(StratumFigures stratum, IReadOnlyList<TrialArmFigures> arms) =>
        Html.Of(
            $"""
            <tr><th scope="row"><bdi>{LogText.Short(stratum.Stratum, 40)}</bdi><small>{Show.Tasks(
                stratum.Tasks
            )}</small></th>{arms.Select(a => a.Strata.First(s => s.Stratum == stratum.Stratum))
                .Select(s => Table.Number(Show.Percent((double)s.Solved / s.Tasks), Show.Count(s.Solved)))}</tr>

            """
        );
}
