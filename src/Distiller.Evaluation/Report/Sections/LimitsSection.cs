namespace Distiller.Evaluation.Report;

internal static class LimitsSection
{
    public static Html Draw(EvaluationSummary summary) =>
        Html.Of(
            $"""
            <section>
            <h2>What this cannot show</h2>
            <ul class="limits">
            {summary.CannotShow.Select(l => Html.Of($"<li>{l}</li>\n"))}</ul>
            </section>

            """
        );
}
