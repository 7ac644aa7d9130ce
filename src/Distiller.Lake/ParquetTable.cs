using System.Diagnostics.CodeAnalysis;
using Distiller.Lake.Tables;
using Parquet;
using Parquet.Schema;

namespace Distiller.Lake;

/// <summary>
/// The tables that a stage hands on or the project publishes, as zstd Parquet by Parquet.Net: flat records of the same types
/// of properties, under the same names of columns, as <see cref="ParquetFile"/> has, whose files it reads too. The order of
/// rows is kept; the same rows give the same bytes.
/// </summary>
public static class ParquetTable
{
    private const int GroupRows = 1 << 16;
    private const long GroupChars = 8 << 20;

    // Parquet.Net goes on for ever where the structures in a damaged file have no end.
    private static readonly TimeSpan FooterLimit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan GroupLimit = TimeSpan.FromMinutes(5);

    /// <summary>Writes the file atomically and returns how many rows it has.</summary>
    public static long Write<T>(string path, IEnumerable<T> rows)
    {
        var count = 0L;
        AtomicFile.Write(path, stream => count = WriteAsync(stream, rows).GetAwaiter().GetResult());
        return count;
    }

    /// <summary>Streams the rows in the order they were written; one group of rows is in memory at a time.</summary>
    /// <exception cref="BadInputException">The file is absent or damaged, or has other columns.</exception>
    [SuppressMessage(
        "Reliability",
        "CA2025",
        Justification = "Guard waits for the task before the stream is disposed of."
    )]
    public static IEnumerable<T> Read<T>(string path)
    {
        if (!File.Exists(path))
        {
            throw ParquetFile.Absent(path);
        }

        using var stream = File.OpenRead(path);
        var reader = Guard(path, FooterLimit, () => ParquetReader.CreateAsync(stream, leaveStreamOpen: true));
        try
        {
            for (var group = 0; group < reader.RowGroupCount; group++)
            {
                var number = group;
                foreach (var row in Guard(path, GroupLimit, () => ReadAsync<T>(reader, number)))
                {
                    yield return row;
                }
            }
        }
        finally
        {
            reader.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    private static async Task<long> WriteAsync<T>(Stream stream, IEnumerable<T> rows)
    {
        var columns = Columns<T>();
        var options = new ParquetOptions { CompressionMethod = CompressionMethod.Zstd };
        await using var writer = await ParquetWriter.CreateAsync(
            new ParquetSchema(columns.Select(c => c.Field)),
            stream,
            options
        );
        var (count, weight) = (0L, 0L);
        var group = new List<T>();
        foreach (var row in rows)
        {
            group.Add(row);
            count++;
            weight += RowMap<T>.Columns.Sum(c => c.Weight(row));
            if (group.Count == GroupRows || weight > GroupChars)
            {
                await WriteGroupAsync();
            }
        }

        await WriteGroupAsync();
        return count;

        async Task WriteGroupAsync()
        {
            if (group.Count > 0)
            {
                using var target = writer.CreateRowGroup();
                foreach (var column in columns)
                {
                    await column.WriteAsync(target, group);
                }
            }

            group.Clear();
            weight = 0;
        }
    }

    private static async Task<T[]> ReadAsync<T>(ParquetReader reader, int number)
    {
        using var group = reader.OpenRowGroupReader(number);
        var columns = Columns<T>();
        var cells = new object?[columns.Count][];
        for (var i = 0; i < cells.Length; i++)
        {
            cells[i] = await columns[i].ReadAsync(group, reader.Schema);
        }

        var rows = new T[checked((int)group.RowCount)];
        if (Array.Exists(cells, c => c.Length != rows.Length))
        {
            throw new InvalidDataException("Its columns differ in length.");
        }

        var one = new object?[cells.Length];
        for (var row = 0; row < rows.Length; row++)
        {
            for (var i = 0; i < one.Length; i++)
            {
                one[i] = cells[i][row];
            }

            rows[row] = RowMap<T>.Make(one);
        }

        return rows;
    }

    // Created for each call, because a schema stores paths and levels in the fields it is given.
    private static List<TableColumn<T>> Columns<T>() => [.. RowMap<T>.Columns.Select(TableColumn<T>.For)];

    private static TResult Guard<TResult>(string path, TimeSpan limit, Func<Task<TResult>> read)
    {
        try
        {
            return Task.Run(read).WaitAsync(limit).GetAwaiter().GetResult();
        }
        catch (Exception e)
        {
            // A damaged file ends the reader in many ways (an index beyond the end, an array beyond the memory).
            throw ParquetFile.Unreadable(path, e);
        }
    }
}
