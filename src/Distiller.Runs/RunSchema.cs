namespace Distiller.Runs;

/// <summary>The tables, in words that SQLite and PostgreSQL share. Times are milliseconds since 1970-01-01 UTC.</summary>
internal static class RunSchema
{
    public const int Version = 1;

    public const string Create = """
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
            handover TEXT NOT NULL
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
}
