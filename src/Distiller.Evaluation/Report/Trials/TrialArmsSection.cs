namespace Distiller.Evaluation.Report;

/// <summary>All arms side by side.</summary>
internal static class TrialArmsSection
{
    public static Html Draw(TrialClaim claim) =>
        Html.Of(
            $"""
            <section>
            <h2>The arms</h2>
            <p>Each arm worked the very same tasks with the same tools, step limit and runtime. The claim is A3 against A1, whose long prompt is as well cached as the runtime can: an uncached baseline would flatter the adapter. All tokens and costs of failed tasks are paid for by the solved ones.</p>
            {Table.Draw(
                "arms",
                $"Success, tokens by class and cost of each arm; 95 % intervals in small print. Cost in US dollars at {LogText.Short(claim.Summary.PrimaryPrice, 60)}{Paid(claim)}.",
                Html.Of($"{Table.Head("arm")}{Table.Head("tasks", true)}{Table.Head("solved", true)}{Table.Head("success", true)}{Table.Head("tokens per solved task", true)}{Table.Head("cost per solved task", true)}{Table.Head("tokens per task", true)}{Table.Head("cache read", true)}{Table.Head("cache write", true)}{Table.Head("other input", true)}{Table.Head("output", true)}"),
                claim.Summary.Figures.Arms.Select(a => Row(claim, a))
            )}{Table.Draw(
                "arms",
                "How the tokens of a task, all classes together, are spread over the tasks.",
                Html.Of($"{Table.Head("arm")}{Table.Head("least", true)}{Table.Head("lower quartile", true)}{Table.Head("median", true)}{Table.Head("upper quartile", true)}{Table.Head("most", true)}{Table.Head("mean", true)}{Table.Head("requests per task", true)}{Table.Head("answers cut off", true)}"),
                claim.Summary.Figures.Arms.Select(Spread)
            )}</section>

            """
        );

    private static string Paid(TrialClaim claim) =>
        claim.Summary.Figures.TrainingUsd is null
            ? ", without any training"
            : $", the training of an adapter paid off over {Show.Count(claim.Summary.Options.AmortisedTasks)} tasks";

    private static Html Row(TrialClaim claim, TrialArmFigures a) =>
        Html.Of(
            $"""
            <tr{(a.Arm is TrialArm.A1 or TrialArm.A3 ? Html.Of($" class=\"claim\"") : Html.Empty)}><th scope="row">{a.Arm}<small><bdi>{claim.TitleOf(
                a.Arm
            )}</bdi></small></th>{Table.Number(Show.Count(a.Tasks))}{Table.Number(Show.Count(a.Solved))}{Table.Number(
                Show.Percent(a.Success.Value),
                Show.PercentInterval(a.Success.Interval)
            )}{Table.Number(
                a.TokensPerSolvedTask is { } tokens ? Show.Count(tokens) : "–"
            )}{Table.Number(claim.CostOf(a).PerSolvedTask is { } usd ? Show.Usd(usd) : "–")}{Table.Number(
                Show.Count(a.TokensPerTask.Mean)
            )}{Mean(a.Tokens.CacheRead, a)}{Mean(a.Tokens.CacheWrite, a)}{Mean(a.Tokens.Input, a)}{Mean(
                a.Tokens.Output,
                a
            )}</tr>

            """
        );

    private static Html Mean(long tokens, TrialArmFigures arm) => Table.Number(Show.Count((double)tokens / arm.Tasks));

    private static Html Spread(TrialArmFigures a)
    {
        var t = a.TokensPerTask;
        return Html.Of(
            $"<tr><th scope=\"row\">{a.Arm}</th>{Table.Number(Show.Count(t.Least))}{Table.Number(Show.Count(t.LowerQuartile))}{Table.Number(Show.Count(t.Median))}{Table.Number(Show.Count(t.UpperQuartile))}{Table.Number(Show.Count(t.Most))}{Table.Number(Show.Count(t.Mean))}{Table.Number(Show.Number((double)a.Requests / a.Tasks))}{Table.Number(Show.Count(a.CutAnswers))}</tr>\n"
        );
    }
}
