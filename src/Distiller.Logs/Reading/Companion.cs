using System.Text.Json;

namespace Distiller.Logs.Reading;

/// <summary>A small JSON file that a benchmark writes beside a log and that tells more of it, such as the verdict.</summary>
internal static class Companion
{
    private const long BytesMax = 64 << 20;

    /// <summary>
    /// Null where it is not there, is a link (which could lead out of the folder that the user named), is too long or no JSON:
    /// the log is read without it.
    /// </summary>
    public static JsonDocument? Read(string? folder, string name)
    {
        if (folder is null)
        {
            return null;
        }

        try
        {
            var file = new FileInfo(Path.Combine(folder, name));
            if (!file.Exists || file.LinkTarget is not null || file.Length is 0 or > BytesMax)
            {
                return null;
            }

            return JsonDocument.Parse(HalfSurrogates.Mend(File.ReadAllBytes(file.FullName)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <summary>The folders from the one that holds a file upwards.</summary>
    public static IEnumerable<string> Folders(SourceFile file, int count)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(file.Path));
        for (var i = 0; i < count && folder is not null; i++, folder = Path.GetDirectoryName(folder))
        {
            yield return folder;
        }
    }
}
