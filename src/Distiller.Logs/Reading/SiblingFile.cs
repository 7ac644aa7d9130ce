using System.Text.Json;

namespace Distiller.Logs.Reading;

/// <summary>Small files that lie beside a log and belong to what it tells.</summary>
internal static class SiblingFile
{
    private const int FilesMax = 200_000;

    /// <summary>The files of a folder that may be read, by name; none where there is no such folder. Links are left out.</summary>
    public static IReadOnlyList<string> In(string folder, string pattern = "*.json")
    {
        var options = new EnumerationOptions
        {
            RecurseSubdirectories = false,
            IgnoreInaccessible = true,
            AttributesToSkip = FileAttributes.ReparsePoint,
        };
        return Directory.Exists(folder)
            ? [.. Directory.EnumerateFiles(folder, pattern, options).Take(FilesMax).Order(StringComparer.Ordinal)]
            : [];
    }

    /// <summary>A file that is one JSON object; null where it is none, or cannot be read.</summary>
    public static JsonElement? Read(string path, CollectOptions options)
    {
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists || file.LinkTarget is not null || file.Length > options.DocumentBytesMax)
            {
                return null;
            }

            using var stream = SourceStream.Open(new SourceFile(path, file.Length), options);
            using var records = RecordReader.Open(RecordLayout.Document, stream, options.RecordBytesMax);
            if (!records.Next(out var record))
            {
                return null;
            }

            using var document = RecordJson.Parse(record, options.RecordBytesMax);
            return RecordJson.IsObject(document.RootElement, "file").Clone();
        }
        catch (Exception e) when (e is BadRecordException or UnreadableFileException or IOException)
        {
            return null; // Where it is a log itself, its own reading tells why.
        }
    }
}
