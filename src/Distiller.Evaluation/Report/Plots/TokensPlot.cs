namespace Distiller.Evaluation.Report;

/// <summary>How tokens per step are distributed before and after.</summary>
internal static class TokensPlot
{
    public static Html Draw(IReadOnlyList<TokenRow> rows) =>
        Plot.Figure(
            "Tokens per step",
            Plot.Legend(("before", "verbose context in the prompt"), ("after", "one-line system text")),
            HistogramPair.Draw(
                "tokens",
                "Distribution of tokens per step, before and after",
                rows.Select(TokenFigures.Before),
                rows.Select(TokenFigures.After),
                "prompt and completion tokens of a step, logarithmic"
            ),
            Html.Of(
                $"Steps of held-out episodes; the line marks the median. Before: the log's system text and the mined patterns written out. The completion is the logged one in both, so the whole difference is context."
            )
        );
}
