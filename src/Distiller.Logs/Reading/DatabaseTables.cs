using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace Distiller.Logs.Reading;

/// <summary>Tables of a SQLite database with the names of their columns; views and virtual tables are left out.</summary>
internal sealed class DatabaseTables(IReadOnlyDictionary<string, IReadOnlySet<string>> tables)
{
    private const int ValueCharsMax = 32 << 20;

    public bool Has(string table, params ReadOnlySpan<string> columns)
    {
        if (!tables.TryGetValue(table, out var known))
        {
            return false;
        }

        foreach (var column in columns)
        {
            if (!known.Contains(column))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>A column for a query, or NULL in its place where a value is so long that it must not be held.</summary>
    public static string Bounded(string column) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"CASE WHEN length(\"{column}\") <= {ValueCharsMax} THEN \"{column}\" END AS \"{column}\""
        );

    /// <summary>A column for a query, or NULL in its place where this database does not have it.</summary>
    public string Column(string table, string column) => Has(table, column) ? $"\"{column}\"" : $"NULL AS \"{column}\"";
}

/// <summary>
/// A SQLite database that somebody else wrote, opened so that nothing in it is trusted and nothing beside it is written: read
/// only, no functions in its schema, no value longer than a record may be.
/// </summary>
internal sealed class SourceDatabase : IDisposable
{
    private const int LimitLength = 0; // SQLITE_LIMIT_LENGTH
    private readonly SqliteConnection _connection;

    private SourceDatabase(SqliteConnection connection, DatabaseTables tables)
    {
        _connection = connection;
        Tables = tables;
    }

    public static ReadOnlySpan<byte> Magic => "SQLite format 3\0"u8;

    public DatabaseTables Tables { get; }

    /// <exception cref="BadRecordException">It is damaged, or in use in a way that forbids reading.</exception>
    public static SourceDatabase Open(string path, int valueBytesMax)
    {
        SqliteConnection? connection = null;
        try
        {
            var source = new Uri(Path.GetFullPath(path)).AbsoluteUri + (IsAlone(path) ? "?immutable=1" : "");
            connection = new SqliteConnection(
                new SqliteConnectionStringBuilder
                {
                    DataSource = source,
                    Mode = SqliteOpenMode.ReadOnly,
                    Pooling = false,
                }.ConnectionString
            );
            connection.Open();
            SQLitePCL.raw.sqlite3_limit(connection.Handle, LimitLength, valueBytesMax);
            using var pragma = connection.CreateCommand();
            pragma.CommandText = "PRAGMA trusted_schema = OFF; PRAGMA query_only = ON; PRAGMA cell_size_check = ON";
            pragma.ExecuteNonQuery();
            return new SourceDatabase(connection, ReadTables(connection));
        }
        catch (SqliteException e)
        {
            connection?.Dispose();
            throw Damaged(e);
        }
    }

    /// <summary>Opens a file and reads it; where it turns out to be damaged, the rest of it goes to quarantine as one record.</summary>
    public static void Read(
        Collection collection,
        SourceFile file,
        string format,
        Action<Collection, SourceFile, SourceDatabase> read
    )
    {
        try
        {
            using var database = Open(file.Path, collection.Options.DocumentBytesMax);
            read(collection, file, database);
        }
        catch (BadRecordException e)
        {
            collection.Quarantine(format, file.Path, line: 0, sha256: "", [], e.Reason, e.Remedy);
        }
    }

    /// <summary>The rows of a query as JSON objects, so that they are read as any record is.</summary>
    /// <exception cref="BadRecordException">The database is damaged; the rows before are read.</exception>
    [SuppressMessage(
        "Security",
        "CA2100:Review SQL queries for security vulnerabilities",
        Justification = "Names of tables and columns are constants of this program; values are parameters."
    )]
    public IEnumerable<JsonElement> Rows(string sql, string? parameter = null)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        if (parameter is not null)
        {
            command.Parameters.AddWithValue("$1", parameter);
        }

        using var reader = Guard(command.ExecuteReader);
        while (Guard(reader.Read))
        {
            yield return Guard(() => Row(reader));
        }
    }

    public void Dispose() => _connection.Dispose();

    /// <summary>
    /// A database in write-ahead mode whose log is gone: SQLite would make a new one beside it, so it is told that nobody
    /// writes.
    /// </summary>
    private static bool IsAlone(string path)
    {
        const int writeVersion = 18;
        using var stream = File.OpenRead(path);
        var head = SourceStream.Head(stream, writeVersion + 1);
        return head.Length > writeVersion && head[writeVersion] == 2 && !File.Exists(path + "-wal");
    }

    private static DatabaseTables ReadTables(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText =
            "SELECT m.name, c.name FROM (SELECT name FROM sqlite_schema WHERE type = 'table' "
            + "AND sql NOT LIKE 'CREATE VIRTUAL%' LIMIT 256) m, pragma_table_info(m.name) c";
        var tables = new Dictionary<string, IReadOnlySet<string>>(StringComparer.OrdinalIgnoreCase);
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            var table = reader.GetString(0);
            if (!tables.TryGetValue(table, out var columns))
            {
                tables[table] = columns = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
            }

            ((HashSet<string>)columns).Add(reader.GetString(1));
        }

        return new DatabaseTables(tables);
    }

    private static JsonElement Row(SqliteDataReader reader)
    {
        var row = new Dictionary<string, object?>(StringComparer.Ordinal);
        for (var i = 0; i < reader.FieldCount; i++)
        {
            row[reader.GetName(i)] = reader.GetValue(i) switch
            {
                string text => text,
                long number => number,
                double number when double.IsFinite(number) => number,
                _ => null,
            };
        }

        return JsonSerializer.SerializeToElement(row);
    }

    private static T Guard<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (SqliteException e)
        {
            throw Damaged(e);
        }
    }

    private static BadRecordException Damaged(SqliteException e) =>
        new(
            $"The database cannot be read, or not to its end (SQLite error {e.SqliteErrorCode}).",
            "Collect it again when its agent has closed it, or repair it with 'sqlite3 FILE .recover'."
        );
}
