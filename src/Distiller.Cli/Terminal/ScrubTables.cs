using Distiller.Cli.Commands;
using Distiller.Core;
using Distiller.Jobs.Keeping;
using Spectre.Console;

namespace Distiller.Cli.Terminal;

/// <summary>How scrubbing looks to people.</summary>
internal static class ScrubTables
{
    /// <summary>The text goes to standard output as it is; the counts do not mix with it.</summary>
    public static void Text(IAnsiConsole console, ScrubbedText text)
    {
        Console.Out.Write(UntrustedText.VisibleLines(text.Text));
        if (!text.Text.EndsWith('\n'))
        {
            Console.Out.WriteLine();
        }

        var counts = text
            .Hidden.OrderBy(h => h.Key, StringComparer.Ordinal)
            .Select(h => $"{h.Key} {h.Value:N0}")
            .ToList();
        Console.Error.WriteLine(counts.Count == 0 ? "nothing to hide" : $"hidden: {string.Join(", ", counts)}");
    }

    public static void Rules(IAnsiConsole console, IReadOnlyList<ListedRule> rules)
    {
        var table = Output.Table("rule", "placeholder", "looks for", "what it hides");
        foreach (var rule in rules)
        {
            table.AddRow(
                Output.Cell(rule.Id),
                Output.Cell($"[{rule.Type}-1]"),
                Output.Cell(rule.LooksFor),
                Output.Cell(rule.Description)
            );
        }

        console.Write(table);
        console.WriteLine($"{rules.Count:N0} rules");
    }

    public static void Again(IAnsiConsole console, ScrubAgainReport report)
    {
        var table = Output.Table("", "#looked at", report.IsDone ? "#scrubbed" : "#would be scrubbed");
        table.AddRow("episodes", Cells.Number(report.Episodes), Cells.Number(report.EpisodesChanged));
        table.AddRow("quarantined excerpts", Cells.Number(report.Quarantined), Cells.Number(report.QuarantinedChanged));
        console.Write(table);
        foreach (var (type, count) in report.Hidden)
        {
            console.WriteLine($"  {type}: {count:N0} more hidden");
        }

        var verb = report.IsDone ? "removed" : "would be removed";
        foreach (var artifact in report.Artifacts)
        {
            console.WriteLine(UntrustedText.VisibleLines($"  {verb}: {artifact}"));
        }

        foreach (var release in report.Releases)
        {
            console.WriteLine(
                UntrustedText.VisibleLines(
                    release.Remedy is { } remedy
                        ? $"  stays: release {release.Id} in {release.Registry}. {remedy}"
                        : $"  {verb}: release {release.Id} in {release.Registry}"
                )
            );
        }

        if (!report.IsDone)
        {
            console.WriteLine("nothing was changed");
        }
    }
}
