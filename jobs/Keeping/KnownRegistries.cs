using System.Text;
using Distiller.Core;

namespace Distiller.Jobs.Keeping;

/// <summary>
/// The registries that a workspace has published to, a path a line in <c>registries</c>: what their releases rest on is
/// never collected as garbage. Written under the workspace's lock.
/// </summary>
public sealed class KnownRegistries(string home)
{
    private readonly string _path = Path.Combine(home, "registries");

    /// <exception cref="BadInputException">One that was noted is not there.</exception>
    public IReadOnlyList<string> List()
    {
        var noted = Noted();
        var gone = noted.FindIndex(r => !Directory.Exists(r));
        return gone < 0
            ? noted
            : throw new BadInputException(
                new SourceLocation(_path, gone + 1),
                $"This workspace has published to {noted[gone]}, which is not there, and artifacts that its releases rest on cannot be told.",
                "Mount it again; or remove the line if those releases are gone for good."
            );
    }

    public void Add(string registry)
    {
        var full = Path.GetFullPath(registry);
        var noted = Noted();
        if (!noted.Contains(full, StringComparer.Ordinal))
        {
            AtomicFile.WriteAllBytes(
                _path,
                Encoding.UTF8.GetBytes(string.Concat(noted.Append(full).Select(r => r + "\n")))
            );
        }
    }

    private List<string> Noted() => File.Exists(_path) ? [.. File.ReadAllLines(_path).Where(l => l.Length > 0)] : [];
}
