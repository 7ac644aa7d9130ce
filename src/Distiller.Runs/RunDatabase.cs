using System.Data.Common;
using Distiller.Core;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Distiller.Runs;

/// <summary>Where runs and schedules are kept: a SQLite file for one machine, PostgreSQL for several.</summary>
public sealed class RunDatabase : IDisposable
{
    private readonly NpgsqlDataSource? _postgres;

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
    public static RunDatabase Sqlite(string path)
    {
        var full = Path.GetFullPath(path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        var builder = new SqliteConnectionStringBuilder
        {
            DataSource = full,
            DefaultTimeout = 30,
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
                new SourceLocation("--database", 0),
                "It is not a connection string of PostgreSQL.",
                "Write it as Host=…;Port=5432;Database=distiller;Username=…;Password=…, better in $DISTILLER_DATABASE.",
                e
            );
        }
    }

    public async Task<DbConnection> OpenAsync(CancellationToken cancellation = default)
    {
        if (_postgres is not null)
        {
            return await _postgres.OpenConnectionAsync(cancellation);
        }

        var connection = new SqliteConnection(ConnectionString);
        try
        {
            await connection.OpenAsync(cancellation);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public void Dispose()
    {
        _postgres?.Dispose();
        if (_postgres is null)
        {
            using var connection = new SqliteConnection(ConnectionString);
            SqliteConnection.ClearPool(connection);
        }
    }
}
