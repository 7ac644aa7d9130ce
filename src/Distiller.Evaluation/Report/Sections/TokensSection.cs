namespace Distiller.Evaluation.Report;

/// <summary>What a step costs in tokens with the verbose context and without it.</summary>
internal static class TokensSection
{
    public static Html Draw(ReportInput input)
    {
        var t = input.Summary.TokensPerStep;
        return Html.Of(
            $"""
            <section>
            <h2>Tokens per step</h2>
            <p>Before: the system text of the log and the mined patterns written out in the prompt. After: a one-line system text, the rest being in the weights. The completion ({Show.Count(t.Completion)} tokens on average) is the logged one in both.</p>
            {Table.Draw(
                "arms",
                $"Prompt and completion tokens of {Show.Count(t.Steps)} steps in {Show.Count(t.Episodes)} held-out episodes.",
                Html.Of($"{Table.Head("")}{Table.Head("mean", true)}{Table.Head("least", true)}{Table.Head("10 %", true)}{Table.Head("median", true)}{Table.Head("90 %", true)}{Table.Head("most", true)}"),
                [Row("before", t.Before, t.BeforeSpread), Row("after", t.After, t.AfterSpread)]
            )}</section>

            """
        );
    }

    private static Html Row(string name, double mean, TokenSpread s) =>
        Html.Of(
            $"<tr><th scope=\"row\">{name}</th>{Table.Number(Show.Count(mean))}{Table.Number(Show.Count(s.Least))}{Table.Number(Show.Count(s.Tenth))}{Table.Number(Show.Count(s.Median))}{Table.Number(Show.Count(s.Ninetieth))}{Table.Number(Show.Count(s.Most))}</tr>\n"
        );
}
