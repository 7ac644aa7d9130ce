using System.Text;
using Distiller.Core;

namespace Distiller.Jobs.Keeping;

/// <summary>
/// What nights need that are not over, in <c>pins</c> of the workspace: a workspace does not know the server that works in
/// it, so the server writes there whom it must not lose. Each line holds a run and an artifact of it. Written before and after
/// each step; one that is out of date, after a cancelled night, keeps too much until the next night and never too little.
/// </summary>
public sealed class PinFile(string home)
{
    private readonly string _path = Path.Combine(home, "pins");

    /// <summary>The artifacts, each <c>kind/key</c> or a bare key.</summary>
    public IReadOnlyList<string> Read() =>
        File.Exists(_path)
            ? [.. File.ReadAllLines(_path).Where(l => l.Length > 0).Select(l => l[(l.LastIndexOf(' ') + 1)..])]
            : [];

    /// <summary>Replaces all; a workspace that is not there yet has nothing to lose.</summary>
    /// <param name="pins">Of each run what it needs.</param>
    public void Write(IEnumerable<(string Run, string Artifact)> pins)
    {
        var text = string.Concat(pins.Select(p => $"{p.Run} {p.Artifact}\n"));
        if (Directory.Exists(home) && text != (File.Exists(_path) ? File.ReadAllText(_path) : ""))
        {
            AtomicFile.WriteAllBytes(_path, Encoding.UTF8.GetBytes(text));
        }
    }
}
