using System.Globalization;
using System.Text.Json;
using Distiller.Core;

namespace Distiller.Evaluation;

/// <summary>
/// Stores finished measurements, so that an interrupted evaluation resumes: one file per arm and row or task, written
/// atomically, in a folder named by a hash of everything that decides the figures.
/// </summary>
internal sealed class EvaluationJournal(string workFolder, string key)
{
    private const long FileBytesMax = 256L << 20;

    private readonly string _folder = Path.Combine(workFolder, key[..16]);

    /// <summary>Reads a stored measurement; null where there is none.</summary>
    /// <param name="fits">Checks that the stored measurement belongs to this row or task.</param>
    public T? Read<T>(string arm, int index, Func<T, bool> fits)
        where T : class
    {
        var path = PathOf(arm, index);
        var file = new FileInfo(path);
        if (!file.Exists)
        {
            return null;
        }

        if (file.Length > FileBytesMax)
        {
            throw Bad(path, $"It has {file.Length} bytes; at most {FileBytesMax} are read.");
        }

        try
        {
            var kept = JsonSerializer.Deserialize<T>(File.ReadAllBytes(path), EvaluationJson.Options);
            return kept is not null && fits(kept) ? kept : throw Bad(path, "It was measured on something else.");
        }
        catch (JsonException e)
        {
            throw Bad(path, "It is not the JSON expected here.", e);
        }
    }

    public void Write<T>(string arm, int index, T measured) =>
        AtomicFile.WriteAllBytes(PathOf(arm, index), EvaluationJson.Write(measured));

    private string PathOf(string arm, int index) =>
        Path.Combine(_folder, arm, string.Create(CultureInfo.InvariantCulture, $"{index:000000}.json"));

    private static BadInputException Bad(string path, string reason, Exception? inner = null) =>
        new(new SourceLocation(path, 0), reason, "Delete it; it is then measured again.", inner);
}
