namespace Distiller.Evaluation.Report;

/// <summary>The claim in one sentence, whether it is published, and the figures and pictures it rests on.</summary>
internal static class TrialHead
{
    public static Html Draw(ReportInput input, TrialPart part, TrialClaim claim) =>
        Html.Of(
            $"""
            <header>
            {HeadSection.Over(input)}<h1>{Headline(claim)}{Within(claim)}</h1>
            {Gate(claim)}<p class="lede">{Explanation(claim)}</p>
            </header>
            {Cards(claim)}{Plots(part, claim)}
            """
        );

    public static string Headline(TrialClaim claim)
    {
        if (claim.Comparison is not { } c)
        {
            return "The adapter was not compared with the verbose context: there is no claim.";
        }

        if (claim.IsVoid)
        {
            return "This comparison is void: an adapter trained on shuffled answers is not shown to be worse than the verbose context.";
        }

        var tokens = c.TokensPerSolvedTask is { } ratio ? $"{Show.Percent(ratio.Value)} of the tokens" : null;
        var with = tokens is null ? "." : $" with {tokens}.";
        return c.Verdict switch
        {
            TrialVerdict.Superior => $"The adapter solves more tasks{with}",
            TrialVerdict.NonInferior => $"The adapter solves as many tasks{with}",
            TrialVerdict.Inferior => $"The adapter solves fewer tasks{with}",
            _ => "It is not shown that the adapter solves as many tasks"
                + (tokens is null ? "." : $"; it takes {tokens}."),
        };
    }

    private static Html Within(TrialClaim claim) =>
        claim is { IsVoid: false, Comparison.TokensPerSolvedTask: { } ratio }
            ? Html.Of(
                $" <span class=\"within\">Tokens per solved task; 95 % interval {Show.PercentInterval(ratio.Interval)}</span>"
            )
            : Html.Empty;

    private static Html Gate(TrialClaim claim)
    {
        var gate = claim.Summary.Figures.Gate;
        return gate.IsOpen && claim.Comparison is { } c
            ? Html.Of(
                $"""
                <div class="gate open"><p><strong>✓ Published.</strong> The adapter is {TrialJudge.Name(
                    c.Verdict
                )}: its success differs by {Show.Points(c.SuccessDifference.Value)} points, 95 % interval {Show.PointsInterval(
                    c.SuccessInterval
                )}, and a loss of {Points(claim)} was allowed beforehand. The null control fails, as it must.</p></div>

                """
            )
            : Html.Of(
                $"""
                <div class="gate shut"><p><strong>✗ Not published</strong>, because:</p>
                <ul>
                {gate.Reasons.Select(r => Html.Of($"<li>{r}</li>\n"))}</ul></div>

                """
            );
    }

    private static string Explanation(TrialClaim claim)
    {
        var figures = claim.Summary.Figures;
        var what =
            $"{Show.Count(figures.Tasks)} held-out tasks of {Show.Count(figures.Families)} families were worked to their end in the edge runtime and checked by what was done, not by what was said: {LogText.Short(claim.Summary.TasksTitle, 160)}.";
        return claim is { Before: { } before, After: { } after }
            ? what
                + $" Before, the whole context stands in every prompt, well cached: {Solved(before)} solved, {Show.Count(before.TokensPerTask.Mean)} tokens a task. After, the INT4 adapter carries it: {Solved(after)} solved, {Show.Count(after.TokensPerTask.Mean)} tokens a task."
            : what;
    }

    private static string Solved(TrialArmFigures arm) =>
        $"{Show.Count(arm.Solved)} of {Show.Count(arm.Tasks)} ({Show.Percent(arm.Success.Value)})";

    private static string Points(TrialClaim claim) => $"{Show.Number(100 * claim.Summary.Options.Margin)} points";

    private static Html Cards(TrialClaim claim) =>
        claim is { Before: { } before, After: { } after, Comparison: { } c, Cost: { } cost }
            ? Html.Of(
                $"""
                <dl class="cards">
                {Card.Draw(
                    "Tokens per solved task",
                    Card.Arrow(Tokens(before), Tokens(after)),
                    c.TokensPerSolvedTask is { } t
                        ? $"{Show.Percent(t.Value)}, interval {Show.PercentInterval(t.Interval)}"
                        : "nothing solved, no ratio"
                )}{Card.Draw(
                    "Tasks solved",
                    Card.Arrow(Show.Percent(before.Success.Value), Show.Percent(after.Success.Value)),
                    $"{Show.Points(c.SuccessDifference.Value)} points, interval {Show.PointsInterval(c.SuccessInterval)}: {TrialJudge.Name(c.Verdict)}"
                )}{Card.Draw(
                    "Cost of 1,000 solved tasks",
                    Card.Arrow(Thousand(claim.CostOf(before)), Thousand(claim.CostOf(after))),
                    $"{(cost.PerSolvedTask is { } r ? $"{Show.Percent(r.Value)}, interval {Show.PercentInterval(r.Interval)}; " : "")}at {LogText.Short(claim.Summary.PrimaryPrice, 60)}{(claim.Summary.Figures.TrainingUsd is null ? "" : ", training included")}"
                )}{Repaid(claim, cost, after)}</dl>

                """
            )
            : Html.Empty;

    private static Html Repaid(TrialClaim claim, TrialCostRatio cost, TrialArmFigures after)
    {
        if (claim.Summary.Figures.TrainingUsd is not { } usd || claim.Summary.Training is not { } training)
        {
            return Card.Draw("Training repaid", Html.Of($"not priced"), "no training was given");
        }

        var note =
            $"training {Show.Usd(usd)}: {Show.Duration(training.Seconds)} on {LogText.Short(training.Machine, 40)}; tasks worked, solved or not";
        return cost.BreakEvenTasks is { } tasks
            ? Card.Draw("Training repaid after", Html.Of($"{Show.Tasks(tasks)}"), note)
            : Card.Draw(
                "Training repaid",
                Html.Of($"never"),
                $"{(after.Solved == 0 ? "no task is solved" : "serving saves nothing")}; training {Show.Usd(usd)}"
            );
    }

    private static Html Plots(TrialPart part, TrialClaim claim) =>
        claim is { Before: { } before, After: { } after, Comparison: { } c }
            ? Html.Of(
                $"""
                <div class="pair">
                {Plot.Figure(
                    "Tokens per task",
                    Plot.Legend(("before", "A1, verbose context"), ("after", "A3, INT4 adapter")),
                    HistogramPair.Draw(
                        "task-tokens",
                        "Distribution of tokens per task, before and after",
                        Tokens(part.Rows, TrialArm.A1),
                        Tokens(part.Rows, TrialArm.A3),
                        "tokens of a task, all classes, logarithmic"
                    ),
                    Html.Of($"Every task counts, solved or not; the line marks the median. Means: {Show.Count(before.TokensPerTask.Mean)} before, {Show.Count(after.TokensPerTask.Mean)} after.{Both(c)}")
                )}{MarginPlot.Draw(claim)}</div>

                """
            )
            : Html.Empty;

    private static string Both(TrialComparison c) =>
        c.BothSolved is { } both
            ? $" Where both solved the task ({Show.Count(both.Tasks)}): {Show.Count(both.AgainstTokens)} and {Show.Count(both.Tokens)}."
            : "";

    private static IEnumerable<double> Tokens(IReadOnlyList<TrialRow> rows, string arm) =>
        rows.Where(r => r.Arm == arm)
            .Select(r => (double)(r.InputTokens + r.CacheReadTokens + r.CacheWriteTokens + r.OutputTokens));

    private static string Tokens(TrialArmFigures arm) =>
        arm.TokensPerSolvedTask is { } tokens ? Show.Count(tokens) : "none solved";

    private static string Thousand(TrialCost cost) =>
        cost.PerSolvedTask is { } usd ? Show.Usd(1000 * usd) : "none solved";
}
