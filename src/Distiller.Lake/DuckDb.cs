using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using Dapper;
using Distiller.Core.Settings;
using Distiller.Lake.Tables;
using DuckDB.NET.Data;

namespace Distiller.Lake;

/// <summary>
/// A connection to an in-memory DuckDB. It loads no extension and fetches nothing from outside. Not for use by several
/// threads at once.
/// </summary>
public sealed class DuckDb : IDisposable
{
    private readonly DuckDBConnection _connection = new("DataSource=:memory:");

    private DuckDb() { }

    /// <summary>Version of the native library.</summary>
    public static string Version
    {
        get
        {
            using var db = Open();
            return db._connection.ServerVersion;
        }
    }

    public static DuckDb Open(DuckDbOptions? options = null)
    {
        options ??= new DuckDbOptions();
        OptionsCheck.Require(options);
        var db = new DuckDb();
        try
        {
            Guard(() =>
            {
                db._connection.Open();
                return true;
            });
            db.Execute(
                "SET autoinstall_known_extensions=false; SET autoload_known_extensions=false; "
                    + $"SET threads={options.Threads}; SET memory_limit='{options.MemoryMiB}MiB'; "
                    + $"SET temp_directory={Quote(options.SpillFolder ?? "")}; SET preserve_insertion_order=true; "
                    + "SET enable_progress_bar=false;"
            );
            return db;
        }
        catch
        {
            db.Dispose();
            throw;
        }
    }

    /// <summary>A text as an SQL literal.</summary>
    public static string Quote(string text)
    {
        if (text.Contains('\0'))
        {
            throw new ArgumentException("A text for SQL holds a zero character.", nameof(text));
        }

        return "'" + text.Replace("'", "''", StringComparison.Ordinal) + "'";
    }

    /// <summary>A name (table, column) as an SQL identifier.</summary>
    public static string QuoteName(string name) =>
        name.Contains('\0')
            ? throw new ArgumentException("A name for SQL holds a zero character.", nameof(name))
            : "\"" + name.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";

    /// <summary>Paths as an argument of <c>read_parquet</c>, wildcards in them taken literally.</summary>
    public static string QuoteFiles(IEnumerable<string> files) =>
        "[" + string.Join(", ", files.Select(f => Quote(EscapeWildcards(f)))) + "]";

    /// <summary>Parquet files as a table; a column that some of them lack is null there.</summary>
    public static string Table(IEnumerable<string> files) => $"read_parquet({QuoteFiles(files)}, union_by_name = true)";

    /// <summary>Runs one or several statements and forgets their rows.</summary>
    public void Execute(string sql) => Guard(() => _connection.Execute(sql));

    /// <summary>
    /// Streams a query's rows as records: a column <c>started_at</c> fills a property <c>StartedAt</c>. One query at a
    /// time per connection; it runs anew each time it is enumerated.
    /// </summary>
    [SuppressMessage(
        "Security",
        "CA2100",
        Justification = "Texts of SQL are this project's own; names and values are quoted here."
    )]
    public IEnumerable<T> Query<T>(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        // Else the whole result is made before the first row.
        command.UseStreamingMode = true;
        using var reader = Guard(command.ExecuteReader);
        foreach (var row in DuckRows<T>.Read(reader))
        {
            yield return row;
        }
    }

    /// <summary>Adds rows to an existing table whose columns are those of <typeparamref name="T"/>, in order.</summary>
    internal DuckAppender<T> Append<T>(string table) => new(_connection, table);

    public void Dispose() => _connection.Dispose();

    internal static T Guard<T>(Func<T> action)
    {
        try
        {
            return action();
        }
        catch (DuckDBException e)
        {
            throw Failure(e.Message);
        }
    }

    internal static Exception Failure(string message) =>
        DiskFull.IsMeantBy(message) ? DiskFull.Error(message) : new DuckDbException(message);

    private static string EscapeWildcards(string path) =>
        path.AsSpan().IndexOfAny("*?[") < 0
            ? path
            : string.Concat(path.Select(c => c is '*' or '?' or '[' ? $"[{c}]" : c.ToString()));
}

/// <summary>DuckDB refused a statement; the message is its own text.</summary>
public sealed class DuckDbException(string message) : Exception(message);

/// <summary>How much of the machine a DuckDB connection may take.</summary>
/// <param name="MemoryMiB">Limit of its buffers; beyond it DuckDB spills to <paramref name="SpillFolder"/>.</param>
/// <param name="Threads">1 keeps the order of rows and the bytes of written files independent of scheduling.</param>
/// <param name="SpillFolder">Where sorted runs and tables go that do not fit; null forbids spilling.</param>
public sealed record DuckDbOptions(
    [property: Range(64, 1 << 24)] int MemoryMiB = 1024,
    [property: Range(1, 1024)] int Threads = 1,
    string? SpillFolder = null
);
