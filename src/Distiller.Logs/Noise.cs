using Distiller.Logs.Formats;
using Distiller.Logs.Reading;

namespace Distiller.Logs;

/// <summary>
/// Files that lie beside logs in a folder and are none: licences, pictures, notes, an agent's own small records about a
/// session. They are counted. A file that the user named is never noise.
/// </summary>
internal static class Noise
{
    private const long MetadataBytesMax = 64 << 10;

    private static readonly HashSet<string> LogEnds = new(StringComparer.OrdinalIgnoreCase)
    {
        ".jsonl",
        ".ndjson",
        ".json",
        ".traj",
        ".eval",
    };

    public static bool Is(SourceFile file, Detection detected)
    {
        if (file.IsNamed)
        {
            return false;
        }

        var end = Path.GetExtension(file.Path);
        return !LogEnds.Contains(end) || detected.Beside is not null || (detected.IsJson && IsMetadata(file, end));
    }

    /// <summary>A small document beside other files, as agents write them of a session: no log by its name or size.</summary>
    private static bool IsMetadata(SourceFile file, string end) =>
        file.Bytes <= MetadataBytesMax
        && end.Equals(".json", StringComparison.OrdinalIgnoreCase)
        && Path.GetFileNameWithoutExtension(file.Path) is var name
        && (
            name.Equals("metadata", StringComparison.OrdinalIgnoreCase)
            || name.EndsWith(".meta", StringComparison.OrdinalIgnoreCase)
        );
}
