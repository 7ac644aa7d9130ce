using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Distiller.Lake.Duck;
using Distiller.Lake.Tables;

namespace Distiller.Lake;

/// <summary>
/// A connection to an in-memory DuckDB. It loads no extension and fetches nothing from outside. Not for use by several
/// threads at once.
/// </summary>
public sealed unsafe class DuckDb : IDisposable
{
    private nint _database;
    private nint _connection;

    private DuckDb() { }

    internal nint Connection =>
        _connection != 0 ? _connection : throw new ObjectDisposedException(nameof(DuckDb), "The connection is closed.");

    /// <summary>Version of the native library.</summary>
    public static string Version => Marshal.PtrToStringUTF8(DuckNative.duckdb_library_version()) ?? "";

    public static DuckDb Open(DuckDbOptions? options = null)
    {
        options ??= new DuckDbOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MemoryMiB, 64);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Threads, 1);
        var db = new DuckDb();
        try
        {
            if (DuckNative.duckdb_open_ext(null, out db._database, 0, out var error) != 0)
            {
                var message = Marshal.PtrToStringUTF8(error) ?? "unknown error";
                DuckNative.duckdb_free(error);
                throw Failure(message);
            }

            if (DuckNative.duckdb_connect(db._database, out db._connection) != 0)
            {
                throw Failure("The connection could not be made.");
            }

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

    /// <summary>Runs one or several statements and forgets their rows.</summary>
    public void Execute(string sql)
    {
        DuckResult result;
        var state = DuckNative.duckdb_query(Connection, sql, &result);
        try
        {
            if (state != 0)
            {
                throw Failure(Marshal.PtrToStringUTF8(DuckNative.duckdb_result_error(&result)) ?? sql);
            }
        }
        finally
        {
            DuckNative.duckdb_destroy_result(&result);
        }
    }

    /// <summary>
    /// Streams a query's rows as records: a column <c>started_at</c> fills a property <c>StartedAt</c>. One query at a
    /// time per connection.
    /// </summary>
    public IEnumerable<T> Query<
        [DynamicallyAccessedMembers(
            DynamicallyAccessedMemberTypes.PublicProperties | DynamicallyAccessedMemberTypes.PublicConstructors
        )]
            T
    >(string sql) => new DuckRows<T>(this, sql);

    /// <summary>Adds rows to an existing table whose columns are those of <typeparamref name="T"/>, in order.</summary>
    public DuckAppender<T> Append<
        [DynamicallyAccessedMembers(
            DynamicallyAccessedMemberTypes.PublicProperties | DynamicallyAccessedMemberTypes.PublicConstructors
        )]
            T
    >(string table) => new(this, table);

    public void Dispose()
    {
        if (_connection != 0)
        {
            DuckNative.duckdb_disconnect(ref _connection);
            _connection = 0;
        }

        if (_database != 0)
        {
            DuckNative.duckdb_close(ref _database);
            _database = 0;
        }
    }

    internal static Exception Failure(string message) =>
        DiskFull.Said(message) ? DiskFull.Error(message) : new DuckDbException(message);

    private static string EscapeWildcards(string path) =>
        path.AsSpan().IndexOfAny("*?[") < 0
            ? path
            : string.Concat(path.Select(c => c is '*' or '?' or '[' ? $"[{c}]" : c.ToString()));
}
