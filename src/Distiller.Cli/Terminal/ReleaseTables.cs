using System.Globalization;
using Distiller.Cli.Commands;
using Distiller.Core;
using Distiller.Jobs;
using Distiller.Registry;
using Distiller.Reporting;
using Spectre.Console;

namespace Distiller.Cli.Terminal;

/// <summary>How releases and their reports look to people.</summary>
internal static class ReleaseTables
{
    public static void Releases(IAnsiConsole console, IReadOnlyList<Release> releases)
    {
        if (releases.Count == 0)
        {
            console.WriteLine("No release yet. 'distiller nightly' publishes one.");
            return;
        }

        var table = Output.Table(
            "release",
            "created",
            "base",
            "signed by",
            "#loss before",
            "#after",
            "#tokens before",
            "#after",
            "#INT4 bytes"
        );
        foreach (var r in releases)
        {
            table.AddRow(
                r.Id,
                r.Created.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture),
                Output.Cell(r.Base.Name),
                r.Signature?.Key ?? "unsigned",
                NumberFormat.Nats(r.Evaluation.LossBase),
                NumberFormat.Nats(r.Evaluation.LossAdapterInt4),
                $"{r.Evaluation.TokensPerStepBefore:N0}",
                $"{r.Evaluation.TokensPerStepAfter:N0}",
                Cells.Number(r.Files.FirstOrDefault(f => f.Path == Gguf.Exporter.Int4File)?.Bytes ?? 0)
            );
        }

        console.Write(table);
    }

    public static void Release(IAnsiConsole console, Release release)
    {
        console.MarkupLineInterpolated(
            $"release [bold]{release.Id}[/] of {release.Created:u}, after {release.Parent ?? "none"}"
        );
        console.WriteLine(Signed(release));
        console.MarkupLineInterpolated(
            $"base {UntrustedText.VisibleLines(release.Base.Name)}, sha256 {release.Base.Sha256}"
        );
        console.MarkupLineInterpolated(
            $"held-out loss {release.Evaluation.LossBase:F3} -> {release.Evaluation.LossAdapterF16:F3} (F16), {release.Evaluation.LossAdapterInt4:F3} (INT4); tokens per step {release.Evaluation.TokensPerStepBefore:N0} -> {release.Evaluation.TokensPerStepAfter:N0}"
        );
        if (release.Plan is { } plan)
        {
            console.MarkupLineInterpolated($"plan {plan.Arm}: {UntrustedText.VisibleLines(plan.Name)}");
        }

        if (release.Routing is { } routing)
        {
            console.MarkupLineInterpolated($"routing: {UntrustedText.VisibleLines(routing.Verdict)}");
        }

        var lineage = Output.Table("stage", "made from");
        foreach (var artifact in release.Lineage)
        {
            lineage.AddRow(Output.Cell(artifact.Stage), Output.Cell(artifact.Key));
        }

        console.Write(lineage);
        Cells.Files(console, release.Files.Select(f => (f.Path, f.Bytes, f.Sha256)));
        console.MarkupLineInterpolated($"learned from {release.EpisodeCount:N0} episodes, listed in lineage.json");
    }

    public static void Verified(IAnsiConsole console, Release release) =>
        console.WriteLine(
            $"release {release.Id}: all {release.Files.Count} files are what was published, {Signed(release)}"
        );

    private static string Signed(Release release) =>
        release.Signature is { IsSigned: true } signature
            ? $"signed by key {signature.Key}"
            : "unsigned: hashes show damage, not who published it";

    public static void Channels(IAnsiConsole console, IReadOnlyList<ReleaseChannel> channels)
    {
        if (channels.Count == 0)
        {
            console.WriteLine("No channel yet. 'distiller releases promote ID' lets 'stable' lead to a release.");
            return;
        }

        foreach (var channel in channels)
        {
            Channel(console, channel);
        }
    }

    public static void Channel(IAnsiConsole console, ReleaseChannel channel)
    {
        console.MarkupLineInterpolated($"[bold]{channel.Name}[/] leads to release {channel.Release}");
        foreach (var move in channel.History.Reverse())
        {
            var what = move.IsRollback ? $"rolled back from {move.Before}" : "promoted";
            console.WriteLine(UntrustedText.VisibleLines($"  {move.At:u} {move.Release} {what} by {move.By}"));
        }
    }

    public static void Reported(IAnsiConsole console, ReportedResult result)
    {
        console.MarkupLineInterpolated(
            $"held-out loss {result.Figures.LossBase:F3} -> {result.Figures.LossAdapterInt4:F3} (INT4); tokens per step {result.Figures.TokensPerStepBefore:N0} -> {result.Figures.TokensPerStepAfter:N0}"
        );
        console.WriteLine(UntrustedText.VisibleLines(result.Report));
    }

    public static void Recomputed(IAnsiConsole console, IReadOnlyList<EvaluationCheck> checks)
    {
        foreach (var check in checks)
        {
            var parts = string.Join(" and ", check.Parts);
            console.WriteLine(UntrustedText.VisibleLines(check.Folder));
            if (check.Mismatches.Count == 0)
            {
                console.WriteLine($"  every figure of {parts} follows from the rows");
                continue;
            }

            console.WriteLine($"  {check.Mismatches.Count:N0} figures of {parts} do not follow from the rows:");
            var table = Output.Table("figure", "written", "recomputed");
            foreach (var m in check.Mismatches)
            {
                table.AddRow(Output.Cell(m.Figure), Output.Cell(m.Stated), Output.Cell(m.Recomputed));
            }

            console.Write(table);
        }
    }
}
