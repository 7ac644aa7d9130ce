using System.Globalization;
using System.Text;
using Distiller.Core;

namespace Distiller.Evaluation.Report;

/// <summary>
/// The report for people: one page that holds everything it shows, asks no network for anything, runs no script, and
/// is read as well on a telephone, in the dark, and aloud.
/// </summary>
public static class HtmlReport
{
    /// <summary>Writes the page atomically.</summary>
    public static void Write(string path, ReportInput input) =>
        AtomicFile.WriteAllBytes(path, Encoding.UTF8.GetBytes(Render(input)));

    public static string Render(ReportInput input) =>
        Html.Of(
            $"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8"/>
            <meta name="viewport" content="width=device-width, initial-scale=1"/>
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"/>
            <meta name="referrer" content="no-referrer"/>
            <title>{LogText.Short(input.Title, 100)}: before and after</title>
            <style>
            {Html.Resource("report.css")}</style>
            </head>
            <body>
            <main>
            {(input.Trial is { } trial ? TrialPage.Draw(input, trial) : HeadSection.Draw(input))}{LossSection.Draw(input)}{TokensSection.Draw(input)}{TrainingSection.Draw(
                input
            )}{PatternsSection.Draw(input.Patterns)}{LimitsSection.Draw(input)}{LineageSection.Draw(input)}<footer>{Foot(
                input
            )}</footer>
            </main>
            </body>
            </html>

            """
        ).Markup;

    private static string Foot(ReportInput input)
    {
        var created = input.Created is { } c
            ? $" Written {c.UtcDateTime.ToString("d MMMM yyyy, HH:mm", CultureInfo.InvariantCulture)} UTC."
            : "";
        var how = input.Trial is null ? "" : ": distiller report verify";
        return $"Distiller {input.Summary.ToolVersion.Split('+')[0]}.{created} Every figure can be recomputed from the evaluation's rows{how}.";
    }
}
