using System.Globalization;

namespace Distiller.Evaluation.Report;

/// <summary>What was measured, and what it was made from.</summary>
internal static class LineageSection
{
    public static Html Draw(ReportInput input)
    {
        var s = input.Summary;
        IEnumerable<Html> measured =
        [
            .. Trial(input.Trial?.Summary),
            File("base", s.Base),
            File("adapter, 16 bit", s.AdapterF16),
            File("adapter, INT4", s.AdapterInt4),
            Row(
                "held-out rows measured",
                $"{Show.Count(s.MeasuredRows)} of {Show.Count(s.OfferedRows)}",
                s.ExampleSetSha256
            ),
        ];
        var lineage =
            input.Lineage.Count == 0
                ? Html.Empty
                : Table.Draw(
                    "lineage",
                    "Artifacts it was made from, in running order.",
                    Html.Of($"{Table.Head("stage")}{Table.Head("")}{Table.Head("key")}"),
                    input.Lineage.Select(l => Row(l.Stage, l.Detail, l.Key))
                );
        return Html.Of(
            $"""
            <section>
            <h2>Lineage</h2>
            {Table.Draw(
                "lineage",
                "What was measured, by SHA-256.",
                Html.Of($"{Table.Head("what")}{Table.Head("")}{Table.Head("SHA-256")}"),
                measured
            )}{lineage}<p class="soft">{Settings(s)}</p>
            {(input.Trial is { } trial ? Html.Of($"<p class=\"soft\">{Settings(trial.Summary)}</p>\n") : Html.Empty)}</section>

            """
        );
    }

    /// <summary>What the tasks were worked with and counted by.</summary>
    private static IEnumerable<Html> Trial(TrialSummary? trial) =>
        trial is null
            ? []
            :
            [
                Row(
                    "task set",
                    $"{LogText.Short(trial.TasksTitle, 100)}, {Show.Tasks(trial.Figures.Tasks)}",
                    trial.TaskSetSha256
                ),
                Row("price table", TrialFolder.PricesName, trial.PricesSha256),
                File("base of the tasks", trial.Base),
                .. trial.Arms.Where(a => a.Adapter is not null).Select(a => File($"adapter of {a.Arm}", a.Adapter!)),
                Row("code", "version, and revision where known", trial.CodeVersion),
            ];

    private static Html File(string what, MeasuredFile file) =>
        Row(what, $"{LogText.Short(file.Name, 80)}, {Show.Bytes(file.Bytes)}", file.Sha256);

    private static Html Row(string what, string detail, string key) =>
        Html.Of(
            $"<tr><th scope=\"row\"><bdi>{LogText.Short(what, 60)}</bdi></th><td><bdi>{LogText.Short(detail, 160)}</bdi></td><td class=\"hash\">{LogText.Short(key, 100)}</td></tr>\n"
        );

    private static string Settings(TrialSummary t) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"Tasks: margin {100 * t.Options.Margin:0.#} points, at most {t.Options.MaxOutputTokens:N0} tokens an answer, training paid off over {t.Options.AmortisedTasks:N0} tasks, seed {t.Options.Seed}, {t.Options.BootstrapDraws:N0} bootstrap draws. {t.Runtime}."
        );

    private static string Settings(EvaluationSummary s) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"Seed {s.Options.Seed}, {s.Options.BootstrapDraws:N0} bootstrap draws, at most {s.Options.MaxHoldoutTokens:N0} held-out tokens, {s.Options.MaxGeneratedSteps:N0} generated steps of {s.Options.MaxNewTokens} tokens. {s.Runtime}."
        );
}
