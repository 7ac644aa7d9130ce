using System.Globalization;
using System.Text.Json;
using Distiller.Core;

namespace Distiller.Evaluation;

/// <summary>
/// What an interrupted evaluation had measured: one file per arm and row, each written whole, under a folder named for
/// everything that decides the figures. Measured rows are read back instead of measured again.
/// </summary>
internal sealed class EvaluationJournal(string workFolder, string key)
{
    private const long FileBytesMax = 256L << 20;

    private readonly string _folder = Path.Combine(workFolder, key[..16]);

    public IReadOnlyList<EvaluationRow>? Read(string arm, HoldoutRow row, int index)
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
            var rows = JsonSerializer.Deserialize<List<EvaluationRow>>(File.ReadAllBytes(path), EvaluationJson.Options);
            return rows is not null && Fits(rows, arm, row)
                ? rows
                : throw Bad(path, "It holds other steps than the row has.");
        }
        catch (JsonException e)
        {
            throw Bad(path, "It is not the JSON expected here.", e);
        }
    }

    public void Write(string arm, int index, IReadOnlyList<EvaluationRow> rows) =>
        AtomicFile.WriteAllBytes(PathOf(arm, index), EvaluationJson.Write(rows));

    private static bool Fits(List<EvaluationRow> rows, string arm, HoldoutRow row) =>
        rows.Count == row.Steps.Count
        && rows.Select((r, i) => (r, i))
            .All(p =>
                p.r is not null
                && p.r.EpisodeId == row.Example.EpisodeId.Value
                && p.r.Window == row.Example.Window
                && p.r.Arm == arm
                && p.r.Step == p.i
                && p.r.Tokens == row.Steps[p.i].Length
            );

    private string PathOf(string arm, int index) =>
        Path.Combine(_folder, arm, string.Create(CultureInfo.InvariantCulture, $"{index:000000}.json"));

    private static BadInputException Bad(string path, string reason, Exception? inner = null) =>
        new(new SourceLocation(path, 0), reason, "Delete it; the row is then measured again.", inner);
}
