using System.Data.Common;
using System.Net.Sockets;
using Distiller.Core;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Distiller.Jobs.Scheduling.Store;

/// <summary>Where runs and schedules are kept: a SQLite file for one machine, PostgreSQL for several.</summary>
public sealed class RunDatabase : IDisposable
{
    private const int BusySeconds = 30;
    private const int SqliteCorrupt = 11;
    private const int SqliteNotADatabase = 26;

    // A writer waits for another one instead of failing, and a commit is on the disk when it returns. The version comes
    // first: reading it tells a file that is no database, and faults of later statements are not told.
    private const string SqliteSettings =
        "PRAGMA schema_version; PRAGMA busy_timeout = 30000; PRAGMA synchronous = FULL;";

    private readonly NpgsqlDataSource? _postgres;
    private readonly SemaphoreSlim _preparing = new(1, 1);
    private volatile bool _isPrepared;

    private RunDatabase(string connectionString, NpgsqlDataSource? postgres, string place)
    {
        ConnectionString = connectionString;
        _postgres = postgres;
        Place = place;
    }

    public bool IsPostgres => _postgres is not null;

    public string ConnectionString { get; }

    /// <summary>The file, or host and database: what may be shown, without a password.</summary>
    public string Place { get; }

    /// <param name="path">Is created where it is absent; the folder too.</param>
    /// <exception cref="BadInputException">The folder cannot be made.</exception>
    public static RunDatabase Sqlite(string path)
    {
        var full = Path.GetFullPath(path);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        }
        catch (Exception e) when (e is UnauthorizedAccessException || (e is IOException io && !DiskFull.IsNoSpace(io)))
        {
            throw new BadInputException(
                new SourceLocation(full, 0),
                $"Its folder cannot be made: {e.Message}",
                "Name another folder, or let this user write there.",
                e
            );
        }

        var builder = new SqliteConnectionStringBuilder
        {
            DataSource = full,
            DefaultTimeout = BusySeconds,
            ForeignKeys = false,
        };
        return new RunDatabase(builder.ConnectionString, null, full);
    }

    /// <exception cref="BadInputException">It cannot be read as a connection string of Npgsql.</exception>
    public static RunDatabase Postgres(string connectionString)
    {
        try
        {
            var builder = new NpgsqlConnectionStringBuilder(connectionString) { ApplicationName = "distiller" };
            return new RunDatabase(
                builder.ConnectionString,
                NpgsqlDataSource.Create(builder.ConnectionString),
                $"postgresql://{builder.Host}:{builder.Port}/{builder.Database}"
            );
        }
        catch (ArgumentException e)
        {
            throw new BadInputException(
                SourceLocation.Option("--database"),
                "It is not a connection string of PostgreSQL.",
                "Write it as Host=…;Port=5432;Database=distiller;Username=…;Password=…, better in $DISTILLER_DATABASE.",
                e
            );
        }
    }

    /// <summary>Opens a connection. The first one makes the tables: whoever asks first finds them.</summary>
    /// <exception cref="BadInputException">The file is no database, or a newer program has written it.</exception>
    /// <exception cref="RunDatabaseAwayException">It cannot be reached or opened now.</exception>
    public async Task<DbConnection> OpenAsync(CancellationToken cancellation = default)
    {
        if (!_isPrepared)
        {
            await _preparing.WaitAsync(cancellation);
            try
            {
                if (!_isPrepared)
                {
                    await PrepareAsync(cancellation);
                }
            }
            finally
            {
                _preparing.Release();
            }
        }

        return await ConnectAsync(cancellation);
    }

    /// <summary>Creates the tables that are missing, whether this was done before or not.</summary>
    /// <inheritdoc cref="OpenAsync"/>
    public async Task PrepareAsync(CancellationToken cancellation = default)
    {
        await using var db = await ConnectAsync(cancellation);
        await RunSchema.PrepareAsync(db, IsPostgres, Place, cancellation);
        _isPrepared = true;
    }

    private async Task<DbConnection> ConnectAsync(CancellationToken cancellation)
    {
        try
        {
            return _postgres is not null
                ? await OpenLiveAsync(_postgres, cancellation)
                : await OpenFileAsync(cancellation);
        }
        catch (SqliteException e) when (e.SqliteErrorCode is SqliteCorrupt or SqliteNotADatabase)
        {
            throw new BadInputException(
                new SourceLocation(Place, 0),
                $"It is damaged, or no database: {e.Message}",
                "Put a copy in its place (ops/runbook.md), or move it away: the history of runs is lost then, nothing else.",
                e
            );
        }
        catch (Exception e) when (e is DbException or SocketException or TimeoutException or IOException)
        {
            throw new RunDatabaseAwayException(Place, e);
        }
    }

    public void Dispose()
    {
        _preparing.Dispose();
        _postgres?.Dispose();
        if (_postgres is null)
        {
            using var connection = new SqliteConnection(ConnectionString);
            SqliteConnection.ClearPool(connection);
        }
    }

    /// <summary>A pooled connection does not know that its server was started anew: it is asked before it is handed out.</summary>
    private static async Task<NpgsqlConnection> OpenLiveAsync(NpgsqlDataSource source, CancellationToken cancellation)
    {
        var pooled = await source.OpenConnectionAsync(cancellation);
        try
        {
            await using var question = new NpgsqlCommand("SELECT 1", pooled);
            await question.ExecuteNonQueryAsync(cancellation);
            return pooled;
        }
        catch (NpgsqlException)
        {
            await pooled.DisposeAsync();
            source.Clear();
            return await source.OpenConnectionAsync(cancellation);
        }
        catch
        {
            await pooled.DisposeAsync();
            throw;
        }
    }

    private async Task<SqliteConnection> OpenFileAsync(CancellationToken cancellation)
    {
        var connection = new SqliteConnection(ConnectionString);
        try
        {
            await connection.OpenAsync(cancellation);
            await using var command = connection.CreateCommand();
            command.CommandText = SqliteSettings;
            await command.ExecuteNonQueryAsync(cancellation);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }
}

/// <summary>The database cannot be reached or opened now; it may pass by itself.</summary>
/// <param name="place">Without a password.</param>
public sealed class RunDatabaseAwayException(string place, Exception inner)
    : DbException($"The database {place} does not answer: {inner.Message}", inner)
{
    public override bool IsTransient => true;
}
