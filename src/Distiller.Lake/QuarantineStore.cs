using System.Security.Cryptography;
using System.Text;

namespace Distiller.Lake;

/// <summary>
/// Records that could not be read, with the reason. Content-addressed: the same record refused for the same reason at
/// the same place is kept once.
/// </summary>
public sealed class QuarantineStore
{
    private readonly PartFolder _parts;
    private readonly bool _writable;

    internal QuarantineStore(string folder, bool writable)
    {
        _parts = new PartFolder(folder);
        _writable = writable;
    }

    public QuarantineBatch BeginBatch() =>
        _writable
            ? new QuarantineBatch(_parts, Rows().Select(r => r.Id))
            : throw new InvalidOperationException("The workspace was opened for reading.");

    /// <summary>All records, by file and line.</summary>
    public IEnumerable<QuarantinedRecord> List() =>
        Rows()
            .Select(r => new QuarantinedRecord(
                new SourceLocation(r.File, r.Line),
                r.Format,
                r.Reason,
                r.Remedy,
                r.Sha256,
                r.Excerpt
            ));

    public long Count() => _parts.Parts().Sum(p => ParquetFile.Read<IdRow>(p).LongCount());

    internal void RemoveLeftovers() => _parts.RemoveLeftovers();

    internal static QuarantineRow Row(QuarantinedRecord r)
    {
        var identity = $"{r.Place.File}\0{r.Place.Line}\0{r.Format}\0{r.Reason}\0{r.Sha256}";
        var id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(identity)));
        return new QuarantineRow(id, r.Place.File, r.Place.Line, r.Format, r.Reason, r.Remedy, r.Sha256, r.Excerpt);
    }

    private IEnumerable<QuarantineRow> Rows()
    {
        var parts = _parts.Parts();
        if (parts.Count == 0)
        {
            yield break;
        }

        using var db = DuckDb.Open();
        var sql = $"SELECT * FROM read_parquet({DuckDb.QuoteFiles(parts)}) ORDER BY file, line, id";
        foreach (var row in db.Query<QuarantineRow>(sql))
        {
            yield return row;
        }
    }
}
