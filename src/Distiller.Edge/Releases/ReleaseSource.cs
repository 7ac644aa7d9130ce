using Distiller.Core;
using Distiller.Registry;

namespace Distiller.Edge.Releases;

/// <summary>Where releases come from: a folder (a disk, a share, a stick), or a server. Nothing that it says is trusted.</summary>
public abstract class ReleaseSource : IDisposable
{
    protected const int BufferBytes = 1 << 20;

    /// <summary>For people and for the store's state.</summary>
    public abstract string Place { get; }

    /// <param name="registry">A folder, or an address that begins with <c>http://</c> or <c>https://</c>.</param>
    /// <param name="token">For a server that asks for one.</param>
    public static ReleaseSource Open(string registry, string? token = null) =>
        registry.StartsWith("http://", StringComparison.OrdinalIgnoreCase)
        || registry.StartsWith("https://", StringComparison.OrdinalIgnoreCase)
            ? new ServerSource(registry, token)
            : new FolderSource(registry);

    /// <param name="work">A folder for what is fetched on the way.</param>
    /// <exception cref="BadInputException">It cannot be reached, or is no registry.</exception>
    public abstract Task<RegistryIndex> IndexAsync(string work, CancellationToken cancellation);

    /// <summary>
    /// Appends to a file what is missing of it, and leaves what it got where it breaks off.
    /// </summary>
    /// <param name="bytesMax">More are not taken.</param>
    /// <returns>False: the registry has no such file.</returns>
    public abstract Task<bool> FetchAsync(
        string release,
        string file,
        string target,
        long bytesMax,
        CancellationToken cancellation
    );

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing) { }

    /// <summary>Copies at most so many bytes behind the end of a file; a full disk is told as such.</summary>
    protected static async Task AppendAsync(Stream from, string target, long bytesMax, CancellationToken cancellation)
    {
        try
        {
            await using var to = new FileStream(target, FileMode.Append, FileAccess.Write, FileShare.None);
            var buffer = new byte[BufferBytes];
            while (to.Length < bytesMax)
            {
                var wanted = (int)Math.Min(buffer.Length, bytesMax - to.Length);
                var count = await from.ReadAsync(buffer.AsMemory(0, wanted), cancellation);
                if (count == 0)
                {
                    break;
                }

                await to.WriteAsync(buffer.AsMemory(0, count), cancellation);
            }
        }
        catch (IOException e) when (DiskFull.IsNoSpace(e))
        {
            throw DiskFull.Error(target, e);
        }
    }
}

/// <summary>A registry in a folder.</summary>
internal sealed class FolderSource(string folder) : ReleaseSource
{
    public override string Place { get; } = Path.GetFullPath(folder);

    public override Task<RegistryIndex> IndexAsync(string work, CancellationToken cancellation) =>
        Task.FromResult(RegistryIndex.Of(Place));

    public override async Task<bool> FetchAsync(
        string release,
        string file,
        string target,
        long bytesMax,
        CancellationToken cancellation
    )
    {
        var path = Path.Combine(Place, release, file);
        var found = new FileInfo(path);
        if (!found.Exists)
        {
            return false;
        }

        if (found.LinkTarget is not null)
        {
            throw new BadInputException(
                new SourceLocation(path, 0),
                "It is a link; a release holds files only.",
                "Copy the release again, following links."
            );
        }

        try
        {
            await using var from = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, BufferBytes);
            from.Position = File.Exists(target) ? Math.Min(new FileInfo(target).Length, from.Length) : 0;
            await AppendAsync(from, target, bytesMax, cancellation);
            return true;
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw new BadInputException(
                new SourceLocation(path, 0),
                $"The file cannot be read: {e.Message}",
                "Mount the registry again, or change its permissions; the pull goes on where it stopped.",
                e
            );
        }
    }
}
