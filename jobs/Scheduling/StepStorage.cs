using Dapper;
using Distiller.Jobs.Scheduling.Store;
using Hangfire;
using Hangfire.InMemory;
using Hangfire.PostgreSql;
using Hangfire.PostgreSql.Factories;
using Npgsql;

namespace Distiller.Jobs.Scheduling;

/// <summary>
/// Where Hangfire keeps its jobs: in the runs' PostgreSQL, or in memory where one machine works over SQLite. What is lost
/// with the memory is made again from the runs' rows.
/// </summary>
public static class StepStorage
{
    /// <summary>The tables' schema; another program's Hangfire in the same database has its own.</summary>
    private const string Schema = "distiller_hangfire";

    private const long PrepareLock = 7221936;

    /// <summary>Finished jobs stay on the console for so long.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromDays(7);

    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);

    /// <summary>Does not connect: a server starts before its database, see <see cref="PrepareAsync"/>.</summary>
    /// <param name="deadAfter">After which a job whose machine went silent is handed out again; Hangfire counts whole seconds.</param>
    public static JobStorage Open(RunDatabase database, TimeSpan deadAfter)
    {
        if (!database.IsPostgres)
        {
            return new InMemoryStorage(
                new InMemoryStorageOptions
                {
                    MaxExpirationTime = Kept,
                    // Numbers would begin anew with each start, and a row could name a job of another run.
                    IdType = InMemoryStorageIdType.Guid,
                }
            )
            {
                JobExpirationTimeout = Kept,
            };
        }

        var options = new PostgreSqlStorageOptions
        {
            SchemaName = Schema,
            // By PrepareAsync, under a lock: several machines start at once.
            PrepareSchemaIfNecessary = false,
            QueuePollInterval = Poll,
            EnableLongPolling = true,
            UseSlidingInvisibilityTimeout = true,
            InvisibilityTimeout = deadAfter,
            // Locks are rows. One that a killed process leaves holds up its job until it is as old as this.
            DistributedLockTimeout = deadAfter,
        };
        return new PostgreSqlStorage(
            new NpgsqlConnectionFactory(database.ConnectionString, options, connectionSetup: null),
            options
        )
        {
            JobExpirationTimeout = Kept,
        };
    }

    /// <summary>Creates the tables that are missing. Several machines may do it at once.</summary>
    /// <exception cref="System.Data.Common.DbException">The database is away, or its user may not create a schema.</exception>
    public static async Task PrepareAsync(RunDatabase database, CancellationToken cancellation)
    {
        if (!database.IsPostgres)
        {
            return;
        }

        await using var opened = await database.OpenAsync(cancellation);
        var connection = (NpgsqlConnection)opened;
        await connection.ExecuteAsync(
            new CommandDefinition(
                "SELECT pg_advisory_lock(@PrepareLock)",
                new { PrepareLock },
                cancellationToken: cancellation
            )
        );
        try
        {
            PostgreSqlObjectsInstaller.Install(connection, Schema);
        }
        finally
        {
            await connection.ExecuteAsync("SELECT pg_advisory_unlock(@PrepareLock)", new { PrepareLock });
        }
    }
}
