using System.Data.Common;
using Dapper;
using Distiller.Core;

namespace Distiller.Jobs.Scheduling.Store;

/// <summary>The tables, in words that SQLite and PostgreSQL share. Times are milliseconds since 1970-01-01 UTC.</summary>
internal static class RunSchema
{
    /// <summary>1: the first. 2: <c>distiller_runs.job</c>.</summary>
    private const int Version = 2;

    private const string Create = """
        CREATE TABLE IF NOT EXISTS distiller_schema (version INTEGER NOT NULL PRIMARY KEY);
        CREATE TABLE IF NOT EXISTS distiller_runs (
            id TEXT NOT NULL PRIMARY KEY,
            tenant TEXT NOT NULL,
            night TEXT NOT NULL,
            state TEXT NOT NULL,
            reason TEXT NOT NULL,
            step TEXT NOT NULL,
            stage TEXT NOT NULL,
            progress DOUBLE PRECISION NOT NULL,
            note TEXT NOT NULL,
            remaining BIGINT NULL,
            attempt INTEGER NOT NULL,
            node TEXT NULL,
            wish TEXT NOT NULL,
            wish_by TEXT NULL,
            asked_by TEXT NOT NULL,
            due BIGINT NOT NULL,
            started BIGINT NULL,
            ended BIGINT NULL,
            updated BIGINT NOT NULL,
            figures TEXT NULL,
            handover TEXT NOT NULL,
            job TEXT NULL
        );
        CREATE INDEX IF NOT EXISTS distiller_runs_due ON distiller_runs (due DESC, id);
        DROP INDEX IF EXISTS distiller_runs_tenant;
        CREATE INDEX IF NOT EXISTS distiller_runs_tenant_due ON distiller_runs (tenant, due DESC, id, state);
        CREATE INDEX IF NOT EXISTS distiller_runs_tenant_state ON distiller_runs (tenant, state, due DESC, id);
        CREATE INDEX IF NOT EXISTS distiller_runs_state ON distiller_runs (state, due DESC, id);
        CREATE INDEX IF NOT EXISTS distiller_runs_wish ON distiller_runs (id) WHERE wish <> 'None';
        CREATE TABLE IF NOT EXISTS distiller_stages (
            run TEXT NOT NULL,
            name TEXT NOT NULL,
            place INTEGER NOT NULL,
            state TEXT NOT NULL,
            started BIGINT NOT NULL,
            ended BIGINT NULL,
            resumed BIGINT NOT NULL,
            busy BIGINT NOT NULL,
            visits INTEGER NOT NULL,
            inputs TEXT NOT NULL,
            outputs TEXT NOT NULL,
            note TEXT NOT NULL,
            node TEXT NOT NULL,
            PRIMARY KEY (run, name)
        );
        CREATE TABLE IF NOT EXISTS distiller_log (
            run TEXT NOT NULL,
            seq BIGINT NOT NULL,
            at BIGINT NOT NULL,
            level TEXT NOT NULL,
            text TEXT NOT NULL,
            PRIMARY KEY (run, seq)
        );
        CREATE TABLE IF NOT EXISTS distiller_tenants (
            name TEXT NOT NULL PRIMARY KEY,
            home TEXT NOT NULL,
            registry TEXT NOT NULL,
            base_path TEXT NOT NULL,
            schedule TEXT NOT NULL,
            time_zone TEXT NOT NULL,
            windows TEXT NOT NULL,
            next_due BIGINT NULL,
            held INTEGER NOT NULL
        );
        CREATE TABLE IF NOT EXISTS distiller_nodes (
            name TEXT NOT NULL PRIMARY KEY,
            roles TEXT NOT NULL,
            version TEXT NOT NULL,
            started BIGINT NOT NULL,
            seen BIGINT NOT NULL
        );
        CREATE TABLE IF NOT EXISTS distiller_alerts (
            subject TEXT NOT NULL,
            kind TEXT NOT NULL,
            body TEXT NOT NULL,
            noticed BIGINT NOT NULL,
            next_try BIGINT NOT NULL,
            tries INTEGER NOT NULL,
            delivered BIGINT NULL,
            PRIMARY KEY (subject, kind)
        );
        """;

    private const string JobColumnsInSqlite =
        "SELECT COUNT(*) FROM pragma_table_info('distiller_runs') WHERE name = 'job'";

    /// <summary>Creates what is missing and adds what an older program did not know. Several machines may do it at once.</summary>
    /// <param name="place">Of the database, for the error.</param>
    /// <exception cref="BadInputException">A newer program has written the tables.</exception>
    public static async Task PrepareAsync(
        DbConnection db,
        bool isPostgres,
        string place,
        CancellationToken cancellation = default
    )
    {
        if (!isPostgres)
        {
            // Readers do not wait for writers.
            await db.ExecuteAsync("PRAGMA journal_mode = WAL;");
        }

        await using var transaction = await db.BeginTransactionAsync(cancellation);
        if (isPostgres)
        {
            // CREATE … IF NOT EXISTS of two sessions at once can still collide.
            await db.ExecuteAsync("SELECT pg_advisory_xact_lock(7221935)", transaction: transaction);
        }

        await db.ExecuteAsync(Create, transaction: transaction);
        await AddJobColumnAsync(db, isPostgres, transaction);
        await db.ExecuteAsync(
            "INSERT INTO distiller_schema (version) VALUES (@Version) ON CONFLICT DO NOTHING",
            new { Version },
            transaction
        );
        var newest = await db.ExecuteScalarAsync<long>("SELECT MAX(version) FROM distiller_schema", null, transaction);
        if (newest > Version)
        {
            throw new BadInputException(
                new SourceLocation(place, 0),
                $"A newer Distiller has written it (tables of version {newest}, known here is {Version}).",
                "Start the newer program, or name another Database."
            );
        }

        await transaction.CommitAsync(cancellation);
    }

    private static async Task AddJobColumnAsync(DbConnection db, bool isPostgres, DbTransaction transaction)
    {
        if (isPostgres)
        {
            await db.ExecuteAsync(
                "ALTER TABLE distiller_runs ADD COLUMN IF NOT EXISTS job TEXT NULL",
                transaction: transaction
            );
        }
        else if (await db.ExecuteScalarAsync<long>(JobColumnsInSqlite, transaction: transaction) == 0)
        {
            await db.ExecuteAsync("ALTER TABLE distiller_runs ADD COLUMN job TEXT NULL", transaction: transaction);
        }
    }
}
