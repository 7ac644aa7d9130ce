using Distiller.Lake.Tables;

namespace Distiller.Lake;

/// <summary>
/// Episodes and other wide rows in great number as a zstd Parquet file, by DuckDB, which SQL runs over; small tables are
/// <see cref="ParquetTable"/>'s. Flat records: one column per property, in snake case. Properties may be string, int,
/// long, float, double, bool, DateTimeOffset (kept to the microsecond, in UTC), the nullable forms of these, and arrays
/// of the first six. The order of rows is kept; the same rows give the same bytes.
/// </summary>
public static class ParquetFile
{
    private const int ChunkChars = 8 << 20;

    /// <summary>Writes the file atomically and returns how many rows it has.</summary>
    public static long Write<T>(string path, IEnumerable<T> rows) =>
        AtomicFile.WriteByName(path, temporary => WriteRows(path, temporary, rows));

    /// <summary>Streams the rows in the order they were written.</summary>
    public static IEnumerable<T> Read<T>(string path) => Read<T>([path]);

    /// <summary>Streams the rows of several files, one after another.</summary>
    public static IEnumerable<T> Read<T>(IReadOnlyList<string> paths) => Read<T>(paths, "");

    /// <summary>
    /// Streams, in the order of their ids, the rows of several files whose column <c>id</c> has one of these values.
    /// </summary>
    public static IEnumerable<T> ReadById<T>(IReadOnlyList<string> paths, IReadOnlyCollection<string> ids) =>
        ids.Count == 0
            ? []
            : Read<T>(paths, $"WHERE id IN ({string.Join(", ", ids.Select(DuckDb.Quote))}) ORDER BY id");

    private static IEnumerable<T> Read<T>(IReadOnlyList<string> paths, string filter)
    {
        if (paths.FirstOrDefault(p => !File.Exists(p)) is { } absent)
        {
            throw Absent(absent);
        }

        if (paths.Count == 0)
        {
            yield break;
        }

        using var db = DuckDb.Open();
        // Those of the columns that there are: an old file lacks what was added since.
        var columns = string.Join(", ", RowMap<T>.Columns.Select(c => DuckDb.Quote(c.Name)));
        using var rows = db.Query<T>($"SELECT COLUMNS(c -> c IN ({columns})) FROM {DuckDb.Table(paths)} {filter}")
            .GetEnumerator();
        while (Next(rows, paths))
        {
            yield return rows.Current;
        }
    }

    internal static BadInputException Absent(string path) =>
        new(new SourceLocation(path, 0), "The file does not exist.", "Run the stage that writes it first.");

    internal static BadInputException Unreadable(string path, Exception e) =>
        new(
            new SourceLocation(path, 0),
            $"The Parquet file cannot be read: {e.Message.Split('\n')[0]}",
            "Delete it and run the stage that writes it again.",
            e
        );

    private static bool Next<T>(IEnumerator<T> rows, IReadOnlyList<string> paths)
    {
        try
        {
            return rows.MoveNext();
        }
        catch (DuckDbException e)
        {
            // DuckDB's own text names the file where there are several.
            throw Unreadable(paths.FirstOrDefault(p => e.Message.Contains(p, StringComparison.Ordinal)) ?? paths[0], e);
        }
    }

    private static long WriteRows<T>(string path, string temporary, IEnumerable<T> rows)
    {
        var spill = temporary + ".spill" + AtomicFile.UnfinishedSuffix;
        try
        {
            using var db = DuckDb.Open(new DuckDbOptions(SpillFolder: spill));
            db.Execute(
                "CREATE TABLE t ("
                    + string.Join(
                        ", ",
                        RowMap<T>.Columns.Select(c =>
                            $"{DuckDb.QuoteName(c.Name)} {DuckTypes.Sql(c.Element, c.IsList)}"
                        )
                    )
                    + ")"
            );
            var count = 0L;
            var content = "t";
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
                        appender.Flush();
                        weight = 0;
                    }
                }

                appender.Close();
                if (appender.HasEscapes)
                {
                    content =
                        $"(SELECT {string.Join(", ", RowMap<T>.Columns.Select(DuckAppender<T>.Unescaped))} FROM t)";
                }
            }

            db.Execute($"COPY {content} TO {DuckDb.Quote(temporary)} (FORMAT parquet, COMPRESSION zstd)");
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
