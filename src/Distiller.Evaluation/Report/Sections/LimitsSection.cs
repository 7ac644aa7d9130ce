namespace Distiller.Evaluation.Report;

internal static class LimitsSection
{
    public static Html Draw(ReportInput input) =>
        input.Trial is { } trial
            ? Html.Of(
                $"""
                <section>
                <h2>What these numbers cannot show</h2>
                <h3>The tasks that were worked</h3>
                {List(trial.Summary.CannotShow)}<h3>The log that was read</h3>
                {List(input.Summary.CannotShow)}</section>

                """
            )
            : Html.Of(
                $"""
                <section>
                <h2>What this cannot show</h2>
                {List(input.Summary.CannotShow)}</section>

                """
            );

    private static Html List(IReadOnlyList<string> limits) =>
        Html.Of(
            $"""
            <ul class="limits">
            {limits.Select(l => Html.Of($"<li>{l}</li>\n"))}</ul>

            """
        );
}
