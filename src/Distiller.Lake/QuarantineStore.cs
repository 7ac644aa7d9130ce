using System.Security.Cryptography;
using System.Text;

namespace Distiller.Lake;

/// <summary>
/// Records that could not be read, with the reason. Content-addressed: the same record refused for the same reason at
/// the same place is kept once.
/// </summary>
public sealed class QuarantineStore
{
    /// <summary>Does not count in a record's identity, so that records of an earlier version keep theirs.</summary>
    private const string DefaultTenant = "default";

    private readonly PartFolder _parts;
    private readonly bool _writable;

    internal QuarantineStore(string folder, bool writable)
    {
        _parts = new PartFolder(folder);
        _writable = writable;
    }

    public QuarantineBatch BeginBatch() => new(Writable(), Rows().Select(r => r.Id));

    /// <summary>
    /// Starts to look at files again: at the commit the records of these files give way to those that are added. Until
    /// then everything is as it was.
    /// </summary>
    /// <param name="files">As the records name them.</param>
    public QuarantineBatch BeginRetry(IReadOnlySet<string> files) =>
        new(Writable(), Rows().Where(r => !files.Contains(r.File)));

    /// <summary>Replaces records by what a function makes of them, all at once.</summary>
    /// <param name="write">False: only counts those that would change.</param>
    /// <returns>How many changed, of how many.</returns>
    public (long Changed, long Records) Rewrite(Func<QuarantinedRecord, QuarantinedRecord> change, bool write)
    {
        var (changed, records) = (0L, 0L);
        var rows = Rows()
            .Select(row =>
            {
                var record = row.ToRecord();
                var next = change(record);
                records++;
                changed += next == record ? 0 : 1;
                return next == record ? row : Row(next);
            })
            .ToList();
        if (write && changed > 0)
        {
            using var batch = new QuarantineBatch(Writable(), rows);
            batch.Commit();
        }

        return (changed, records);
    }

    /// <summary>All records, by file and line.</summary>
    public IEnumerable<QuarantinedRecord> List() => Rows().Select(r => r.ToRecord());

    public long Count() => _parts.Parts().Sum(p => ParquetFile.Read<IdRow>(p).LongCount());

    internal void RemoveLeftovers() => _parts.RemoveLeftovers();

    internal static QuarantineRow Row(QuarantinedRecord r)
    {
        var identity = $"{r.Place.File}\0{r.Place.Line}\0{r.Format}\0{r.Reason}\0{r.Sha256}";
        if (r.Tenant is not (null or DefaultTenant))
        {
            identity += $"\0{r.Tenant}";
        }

        var id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(identity)));
        return new QuarantineRow(
            id,
            r.Place.File,
            r.Place.Line,
            r.Format,
            r.Reason,
            r.Remedy,
            r.Sha256,
            r.Excerpt,
            r.Tenant
        );
    }

    private PartFolder Writable() =>
        _writable ? _parts : throw new InvalidOperationException("The workspace was opened for reading.");

    private IEnumerable<QuarantineRow> Rows()
    {
        var parts = _parts.Parts();
        if (parts.Count == 0)
        {
            yield break;
        }

        using var db = DuckDb.Open();
        // Parts of an earlier version have no column for the tenant.
        var sql =
            $"SELECT * FROM read_parquet({DuckDb.QuoteFiles(parts)}, union_by_name = true) "
            + "UNION ALL BY NAME SELECT NULL::VARCHAR AS tenant WHERE false ORDER BY file, line, id";
        foreach (var row in db.Query<QuarantineRow>(sql))
        {
            yield return row;
        }
    }
}

/// <summary>A quarantined record as a row.</summary>
internal sealed record QuarantineRow(
    string Id,
    string File,
    long Line,
    string Format,
    string Reason,
    string Remedy,
    string Sha256,
    string Excerpt,
    string? Tenant
)
{
    public QuarantinedRecord ToRecord() =>
        new(new SourceLocation(File, Line), Format, Reason, Remedy, Sha256, Excerpt) { Tenant = Tenant };
}
