using System.Globalization;
using Distiller.Core;
using Distiller.Edge.Releases;
using Distiller.EdgeCli.Commands;
using Spectre.Console;

namespace Distiller.EdgeCli;

/// <summary>How an edge's releases look to people.</summary>
internal static class EdgeTables
{
    public static void Pulled(IAnsiConsole console, PullResult pulled)
    {
        console.MarkupLineInterpolated(
            $"[bold]{pulled.Name}[/] is release {pulled.Release} (no. {pulled.Sequence}), asked for as {UntrustedText.VisibleLines(pulled.Asked)}; before: {pulled.Before ?? "none"}"
        );
        console.WriteLine($"signed by {pulled.Key ?? "nobody"} ({pulled.Trust})");
        console.WriteLine(UntrustedText.VisibleLines($"base {pulled.BaseName}, sha256 {pulled.BaseSha256}"));
        console.WriteLine(
            pulled.WasHere
                ? "it was on the device already"
                : $"{Cells.Number(pulled.FetchedBytes)} bytes fetched, {Cells.Number(pulled.ResumedBytes)} were there of an earlier pull"
        );
    }

    public static void Verified(IAnsiConsole console, VerifiedRelease release) =>
        console.WriteLine(
            $"{release.Name} {release.Release}: hashes, certificate and gate are right; signed by {release.Key ?? "nobody"}; for the base {release.BaseSha256}"
        );

    public static void Releases(IAnsiConsole console, IReadOnlyList<StoredRelease> releases)
    {
        if (releases.Count == 0)
        {
            console.WriteLine("No release on this device. 'distiller edge pull --registry DIR' fetches one.");
            return;
        }

        var table = Output.Table("adapter", "release", "#no.", "created", "base", "signed by", "#bytes", "state");
        foreach (var r in releases)
        {
            table.AddRow(
                r.Name,
                r.Release,
                Cells.Number(r.Sequence),
                r.Created.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture),
                Output.Cell(r.Base?.Name ?? "?"),
                r.Key ?? "unsigned",
                Cells.Number(r.Bytes),
                Output.Cell(State(r))
            );
        }

        console.Write(table);
    }

    public static void Used(IAnsiConsole console, StoredRelease release) =>
        console.WriteLine($"{release.Name} is release {release.Release} (no. {release.Sequence})");

    public static void Status(IAnsiConsole console, EdgeStatus status)
    {
        if (status.Adapters.Count == 0)
        {
            console.WriteLine("Nothing was pulled yet: distiller edge pull --registry DIR.");
        }

        foreach (var adapter in status.Adapters)
        {
            console.MarkupLineInterpolated(
                $"[bold]{adapter.Name}[/] {adapter.Release ?? "none"}, before it {adapter.Before ?? "none"}"
            );
            console.WriteLine(
                UntrustedText.VisibleLines($"  from {adapter.Registry}, trusted key {adapter.Key ?? "none"}")
            );
            console.WriteLine(UntrustedText.VisibleLines($"  {adapter.Fault ?? "every check passed"}"));
        }
    }

    private static string State(StoredRelease release) =>
        release.Fault is { } fault ? fault
        : release.IsWithdrawn ? "withdrawn"
        : release.IsCurrent ? "in use"
        : "kept";
}
