using Distiller.Lake;
using Distiller.Logs;

namespace Distiller.Tests.Collecting;

/// <summary>What one collection of some paths made, in a workspace of its own.</summary>
internal sealed class Collected : IDisposable
{
    private readonly TemporaryFolder _home = new();
    private readonly Workspace _workspace;

    private Collected(string[] paths)
    {
        _workspace = Workspace.Open(_home["home"]);
        Report = Logs.Collect(_workspace, paths);
        Episodes = [.. _workspace.Episodes.Read().OrderBy(e => e.Key, StringComparer.Ordinal)];
        Quarantined = [.. _workspace.Quarantine.List()];
    }

    public CollectReport Report { get; }

    public IReadOnlyList<Episode> Episodes { get; }

    public IReadOnlyList<QuarantinedRecord> Quarantined { get; }

    public Episode Single => Episodes.ShouldHaveSingleItem();

    public static Collected From(params string[] paths) => new(paths);

    /// <summary>A file of the shared cases; the test is skipped where they are absent.</summary>
    public static Collected Case(string path) => new([SharedFiles.Path("cases/" + path)]);

    /// <summary>Collects the same again, into the same workspace.</summary>
    public CollectReport Again(params string[] paths) => Logs.Collect(_workspace, paths);

    public IReadOnlyList<Episode> Read() => [.. _workspace.Episodes.Read().OrderBy(e => e.Key, StringComparer.Ordinal)];

    public void Dispose()
    {
        _workspace.Dispose();
        _home.Dispose();
    }
}
