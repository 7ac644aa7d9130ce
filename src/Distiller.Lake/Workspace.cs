namespace Distiller.Lake;

/// <summary>
/// The workspace folder (<c>--home</c>): everything the nights have written. One process writes to it at a time; any
/// number may read.
/// </summary>
public sealed class Workspace : IDisposable
{
    private readonly WorkspaceLock? _lock;

    private Workspace(string home, WorkspaceLock? held, TimeProvider time)
    {
        Home = home;
        _lock = held;
        Kept = new KeptFiles(Path.Combine(home, "kept"), held is not null);
        Episodes = new EpisodeStore(
            Path.Combine(home, "episodes"),
            Path.Combine(home, ".spill"),
            held is not null,
            Kept
        );
        Quarantine = new QuarantineStore(Path.Combine(home, "quarantine"), held is not null);
        Artifacts = new ArtifactStore(Path.Combine(home, "artifacts"), held is not null, time);
    }

    /// <summary>The folder's full path.</summary>
    public string Home { get; }

    public EpisodeStore Episodes { get; }

    /// <summary>What is computed of the episodes' parts and kept from night to night.</summary>
    public KeptFiles Kept { get; }

    public QuarantineStore Quarantine { get; }

    public ArtifactStore Artifacts { get; }

    /// <summary>
    /// Opens the workspace for writing, creating it where it is absent, and clears what a killed process left half
    /// done.
    /// </summary>
    /// <exception cref="BadInputException">Another process writes to it, or the folder cannot be used.</exception>
    public static Workspace Open(string home, TimeProvider? time = null)
    {
        var full = Path.GetFullPath(home);
        return Open(full, DiskFull.Guard(full, () => WorkspaceLock.Take(full)), time);
    }

    /// <summary>As <see cref="Open(string, TimeProvider)"/>, but null while another process writes to it.</summary>
    public static Workspace? TryOpen(string home, TimeProvider? time = null)
    {
        var full = Path.GetFullPath(home);
        return DiskFull.Guard(full, () => WorkspaceLock.TryTake(full)) is { } held ? Open(full, held, time) : null;
    }

    private static Workspace Open(string full, WorkspaceLock held, TimeProvider? time)
    {
        try
        {
            PrivateFiles.Narrow(full);
            Remove(Path.Combine(full, ".spill"));
            var workspace = new Workspace(full, held, time ?? TimeProvider.System);
            workspace.Episodes.RemoveLeftovers();
            workspace.Quarantine.RemoveLeftovers();
            return workspace;
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Opens an existing workspace for reading: no lock, and no method that writes may be called.</summary>
    public static Workspace OpenReadOnly(string home)
    {
        var full = Path.GetFullPath(home);
        return Directory.Exists(full)
            ? new Workspace(full, null, TimeProvider.System)
            : throw new BadInputException(
                new SourceLocation(full, 0),
                "There is no workspace here.",
                "Give its folder with --home, or run 'distiller collect' first."
            );
    }

    public void Dispose() => _lock?.Dispose();

    private static void Remove(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
