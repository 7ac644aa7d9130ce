using System.Diagnostics.CodeAnalysis;
using Distiller.Lake.Tables;

namespace Distiller.Lake;

/// <summary>
/// Flat records as a zstd Parquet file: one column per property, in snake case. Properties may be string, int, long,
/// float, double, bool, DateTimeOffset (kept to the microsecond, in UTC), the nullable forms of these, and arrays of
/// the first six. The order of rows is kept; the same rows give the same bytes.
/// </summary>
public static class ParquetFile
{
    private const int ChunkChars = 8 << 20;

    /// <summary>Writes the file atomically and returns how many rows it has.</summary>
    public static long Write<
        [DynamicallyAccessedMembers(
            DynamicallyAccessedMemberTypes.PublicProperties | DynamicallyAccessedMemberTypes.PublicConstructors
        )]
            T
    >(string path, IEnumerable<T> rows) => AtomicFile.WriteByName(path, temporary => WriteRows(path, temporary, rows));

    /// <summary>Streams the rows in the order they were written.</summary>
    public static IEnumerable<T> Read<
        [DynamicallyAccessedMembers(
            DynamicallyAccessedMemberTypes.PublicProperties | DynamicallyAccessedMemberTypes.PublicConstructors
        )]
            T
    >(string path)
    {
        using var db = DuckDb.Open();
        using var rows = Start<T>(db, path);
        while (Next(rows, path))
        {
            yield return rows.Current;
        }
    }

    private static IEnumerator<T> Start<
        [DynamicallyAccessedMembers(
            DynamicallyAccessedMemberTypes.PublicProperties | DynamicallyAccessedMemberTypes.PublicConstructors
        )]
            T
    >(DuckDb db, string path)
    {
        if (!File.Exists(path))
        {
            throw new BadInputException(
                new SourceLocation(path, 0),
                "The file does not exist.",
                "Run the stage that writes it first."
            );
        }

        var columns = string.Join(", ", RowMap<T>.Columns.Select(c => DuckDb.QuoteName(c.Name)));
        try
        {
            return db.Query<T>($"SELECT {columns} FROM read_parquet({DuckDb.QuoteFiles([path])})").GetEnumerator();
        }
        catch (DuckDbException e)
        {
            throw Unreadable(path, e);
        }
    }

    private static bool Next<T>(IEnumerator<T> rows, string path)
    {
        try
        {
            return rows.MoveNext();
        }
        catch (DuckDbException e)
        {
            throw Unreadable(path, e);
        }
    }

    private static BadInputException Unreadable(string path, DuckDbException e) =>
        new(
            new SourceLocation(path, 0),
            $"The Parquet file cannot be read: {e.Message.Split('\n')[0]}",
            "Delete it and run the stage that writes it again.",
            e
        );

    private static long WriteRows<
        [DynamicallyAccessedMembers(
            DynamicallyAccessedMemberTypes.PublicProperties | DynamicallyAccessedMemberTypes.PublicConstructors
        )]
            T
    >(string path, string temporary, IEnumerable<T> rows)
    {
        var spill = temporary + ".spill" + AtomicFile.UnfinishedSuffix;
        try
        {
            using var db = DuckDb.Open(new DuckDbOptions(SpillFolder: spill));
            db.Execute(
                "CREATE TABLE t ("
                    + string.Join(", ", RowMap<T>.Columns.Select(c => $"{DuckDb.QuoteName(c.Name)} {c.SqlType}"))
                    + ")"
            );
            var count = 0L;
            using (var appender = db.Append<T>("t"))
            {
                var weight = 0L;
                foreach (var row in rows)
                {
                    appender.Add(row);
                    count++;
                    weight += RowMap<T>.Columns.Sum(c => c.Weight(row));
                    if (weight > ChunkChars)
                    {
                        appender.WriteChunk();
                        weight = 0;
                    }
                }

                appender.Close();
            }

            db.Execute($"COPY t TO {DuckDb.Quote(temporary)} (FORMAT parquet, COMPRESSION zstd)");
            return count;
        }
        catch (BadInputException e)
            when (e.Place.File != path && e.Reason.StartsWith("The disk is full", StringComparison.Ordinal))
        {
            // DuckDB's text names the temporary file; the user knows the final one.
            throw DiskFull.Error(path, e);
        }
        finally
        {
            if (Directory.Exists(spill))
            {
                Directory.Delete(spill, recursive: true);
            }
        }
    }
}
