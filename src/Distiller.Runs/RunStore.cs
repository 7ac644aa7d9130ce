using System.Data.Common;
using Dapper;
using Distiller.Core;

namespace Distiller.Runs;

/// <summary>
/// Runs, their stages and logs, tenants and nodes. Every method is one transaction; changes of state compare before they
/// set, so that two machines never both move a run.
/// </summary>
public sealed class RunStore(RunDatabase database, TimeProvider time)
{
    private const int LogLinesMax = 2_000;
    private const int LogLinesDropped = 100;

    // A clock that was set back takes nothing away.
    private const string BusyNow = "busy + CASE WHEN @now > resumed THEN @now - resumed ELSE 0 END";

    private const string Columns =
        "id, tenant, night, state, reason, step, stage, progress, note, remaining, attempt, node, wish, wish_by, asked_by, "
        + "due, started, ended, updated, figures, handover";

    public RunDatabase Database => database;

    /// <summary>Creates what is missing. May be called by several machines at once.</summary>
    public async Task PrepareAsync(CancellationToken cancellation = default)
    {
        await using var db = await database.OpenAsync(cancellation);
        if (!database.IsPostgres)
        {
            // Readers do not wait for writers.
            await db.ExecuteAsync("PRAGMA journal_mode = WAL;");
        }

        await using var transaction = await db.BeginTransactionAsync(cancellation);
        if (database.IsPostgres)
        {
            // CREATE … IF NOT EXISTS of two sessions at once can still collide.
            await db.ExecuteAsync("SELECT pg_advisory_xact_lock(7221935)", transaction: transaction);
        }

        await db.ExecuteAsync(RunSchema.Create, transaction: transaction);
        await db.ExecuteAsync(
            "INSERT INTO distiller_schema (version) VALUES (@version) ON CONFLICT DO NOTHING",
            new { version = RunSchema.Version },
            transaction
        );
        var newest = await db.ExecuteScalarAsync<long>("SELECT MAX(version) FROM distiller_schema", null, transaction);
        if (newest > RunSchema.Version)
        {
            throw new BadInputException(
                new SourceLocation(database.Place, 0),
                $"A newer Distiller has written it (tables of version {newest}, known here is {RunSchema.Version}).",
                "Start the newer program, or name another database."
            );
        }

        await transaction.CommitAsync(cancellation);
    }

    /// <summary>Adds a run unless one of this id is there.</summary>
    /// <returns>Whether it was added.</returns>
    public async Task<bool> AddAsync(Run run, CancellationToken cancellation = default)
    {
        var sql = $"""
            INSERT INTO distiller_runs ({Columns}) VALUES (@Id, @Tenant, @Night, @State, @Reason, @Step, @Stage, @Progress,
            @Note, @Remaining, @Attempt, @Node, @Wish, @Wish_By, @Asked_By, @Due, @Started, @Ended, @Updated, @Figures, @Handover)
            ON CONFLICT DO NOTHING
            """;
        await using var db = await database.OpenAsync(cancellation);
        return await db.ExecuteAsync(sql, RunRow.Of(run with { Updated = time.GetUtcNow() })) == 1;
    }

    public async Task<Run?> FindAsync(string id, CancellationToken cancellation = default)
    {
        await using var db = await database.OpenAsync(cancellation);
        return await FindAsync(db, id);
    }

    /// <summary>Newest due first.</summary>
    public async Task<IReadOnlyList<Run>> ListAsync(RunQuery query, CancellationToken cancellation = default)
    {
        await using var db = await database.OpenAsync(cancellation);
        var rows = await db.QueryAsync<RunRow>(
            $"SELECT {Columns} FROM distiller_runs {Where(query)} ORDER BY due DESC, id LIMIT @Take OFFSET @Skip",
            Parameters(query)
        );
        return [.. rows.Select(r => r.ToRun())];
    }

    /// <summary>Runs of which somebody wishes something that has not been carried out.</summary>
    public async Task<IReadOnlyList<Run>> WishedAsync(CancellationToken cancellation = default)
    {
        await using var db = await database.OpenAsync(cancellation);
        var rows = await db.QueryAsync<RunRow>(
            $"SELECT {Columns} FROM distiller_runs WHERE wish <> 'None' ORDER BY id"
        );
        return [.. rows.Select(r => r.ToRun())];
    }

    public async Task<long> CountAsync(RunQuery query, CancellationToken cancellation = default)
    {
        await using var db = await database.OpenAsync(cancellation);
        return await db.ExecuteScalarAsync<long>(
            $"SELECT COUNT(*) FROM distiller_runs {Where(query)}",
            Parameters(query)
        );
    }

    /// <summary>
    /// Changes a run as <paramref name="change"/> says, if nobody changed it since it was read; else reads and tries again.
    /// </summary>
    /// <param name="change">Null leaves it as it is.</param>
    /// <returns>The run as it is now; null: there is none of this id, or it was left as it is.</returns>
    public async Task<Run?> ChangeAsync(string id, Func<Run, Run?> change, CancellationToken cancellation = default)
    {
        const string Sql = """
            UPDATE distiller_runs SET state = @State, reason = @Reason, step = @Step, stage = @Stage, progress = @Progress,
            note = @Note, remaining = @Remaining, attempt = @Attempt, node = @Node, wish = @Wish, wish_by = @Wish_By,
            due = @Due, started = @Started, ended = @Ended, updated = @Updated, figures = @Figures,
            handover = @Handover
            WHERE id = @Id AND state = @OldState AND wish = @OldWish AND updated = @OldUpdated
            """;
        await using var db = await database.OpenAsync(cancellation);
        while (await FindAsync(db, id) is { } run)
        {
            if (change(run) is not { } changed)
            {
                return null;
            }

            // Two changes within a millisecond must still differ, and a clock that was set back must not undo one.
            var updated = Math.Max(time.GetUtcNow().ToUnixTimeMilliseconds(), run.Updated.ToUnixTimeMilliseconds() + 1);
            changed = changed with { Updated = SqlTime.Read(updated) };
            var parameters = new DynamicParameters(RunRow.Of(changed));
            parameters.Add("OldState", run.State.ToString());
            parameters.Add("OldWish", run.Wish.ToString());
            parameters.Add("OldUpdated", run.Updated.ToUnixTimeMilliseconds());
            if (await db.ExecuteAsync(Sql, parameters) == 1)
            {
                return changed;
            }
        }

        return null;
    }

    /// <summary>Tells how far the stage under way is. Not a change of state: nothing is compared.</summary>
    /// <param name="share">Of the stage, 0 to 1.</param>
    public async Task ProgressAsync(
        string id,
        string stage,
        double share,
        string note,
        TimeSpan? remaining,
        CancellationToken cancellation = default
    )
    {
        await using var db = await database.OpenAsync(cancellation);
        await db.ExecuteAsync(
            """
            UPDATE distiller_runs SET stage = @stage, progress = @share, note = @note, remaining = @remaining
            WHERE id = @id AND state = 'Running'
            """,
            new
            {
                id,
                stage,
                share,
                note = SqlText.Of(note),
                remaining = (long?)remaining?.TotalMilliseconds,
            }
        );
    }

    /// <summary>A stage begins, or goes on after an interruption.</summary>
    public async Task StageBeganAsync(
        string id,
        string stage,
        string node,
        IReadOnlyList<string> inputs,
        CancellationToken cancellation = default
    )
    {
        await using var db = await database.OpenAsync(cancellation);
        await db.ExecuteAsync(
            """
            INSERT INTO distiller_stages (run, name, place, state, started, ended, resumed, busy, visits, inputs, outputs, note, node)
            VALUES (@id, @stage, (SELECT COUNT(*) FROM distiller_stages WHERE run = @id), 'Running', @now, NULL, @now, 0, 1,
                    @inputs, '[]', '', @node)
            ON CONFLICT (run, name) DO UPDATE SET state = 'Running', ended = NULL, resumed = excluded.resumed,
                visits = distiller_stages.visits + 1, inputs = excluded.inputs, node = excluded.node
            """,
            new
            {
                id,
                stage,
                node,
                now = Now(),
                inputs = StageRow.Json(inputs),
            }
        );
    }

    /// <summary>A stage that was begun ended: finished, paused or failed.</summary>
    public async Task StageEndedAsync(
        string id,
        string stage,
        RunState state,
        IReadOnlyList<string> outputs,
        string note,
        CancellationToken cancellation = default
    )
    {
        await using var db = await database.OpenAsync(cancellation);
        await db.ExecuteAsync(
            $"""
            UPDATE distiller_stages SET state = @state, ended = @now, busy = {BusyNow}, outputs = @outputs,
                note = @note
            WHERE run = @id AND name = @stage AND state = 'Running'
            """,
            new
            {
                id,
                stage,
                state = state.ToString(),
                note = SqlText.Of(note),
                now = Now(),
                outputs = StageRow.Json(outputs),
            }
        );
    }

    /// <summary>Ends what a machine that is gone left running.</summary>
    public async Task StagesInterruptedAsync(string id, RunState state, CancellationToken cancellation = default)
    {
        await using var db = await database.OpenAsync(cancellation);
        await db.ExecuteAsync(
            $"""
            UPDATE distiller_stages SET state = @state, ended = @now, busy = {BusyNow}
            WHERE run = @id AND state = 'Running'
            """,
            new
            {
                id,
                state = state.ToString(),
                now = Now(),
            }
        );
    }

    /// <summary>In the order in which they were first begun.</summary>
    public async Task<IReadOnlyList<RunStage>> StagesAsync(string id, CancellationToken cancellation = default)
    {
        await using var db = await database.OpenAsync(cancellation);
        var rows = await db.QueryAsync<StageRow>(
            """
            SELECT run, name, state, started, ended, busy, visits, inputs, outputs, note, node
            FROM distiller_stages WHERE run = @id ORDER BY place, started, name
            """,
            new { id }
        );
        return [.. rows.Select(r => r.ToStage())];
    }

    /// <summary>Adds a line to a run's log; of very long logs the oldest lines go.</summary>
    public async Task LogAsync(string id, string level, string text, CancellationToken cancellation = default)
    {
        const string Insert = """
            INSERT INTO distiller_log (run, seq, at, level, text)
            VALUES (@id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM distiller_log WHERE run = @id), @now, @level, @text)
            ON CONFLICT DO NOTHING RETURNING seq
            """;
        await using var db = await database.OpenAsync(cancellation);
        var line = new
        {
            id,
            level,
            text = SqlText.Of(text),
            now = Now(),
        };
        long? seq;
        // Another machine may have taken the number since it was read.
        while ((seq = await db.ExecuteScalarAsync<long?>(Insert, line)) is null)
        {
            cancellation.ThrowIfCancellationRequested();
        }

        if (seq > LogLinesMax && seq % LogLinesDropped == 0)
        {
            await db.ExecuteAsync(
                "DELETE FROM distiller_log WHERE run = @id AND seq <= @last",
                new { id, last = seq - LogLinesMax }
            );
        }
    }

    /// <param name="after">Only lines with a higher number.</param>
    public async Task<IReadOnlyList<RunLogLine>> LogsAsync(
        string id,
        long after = 0,
        int take = LogLinesMax,
        CancellationToken cancellation = default
    )
    {
        await using var db = await database.OpenAsync(cancellation);
        var rows = await db.QueryAsync<(long Seq, long At, string Level, string Text)>(
            "SELECT seq, at, level, text FROM distiller_log WHERE run = @id AND seq > @after ORDER BY seq LIMIT @take",
            new
            {
                id,
                after,
                take,
            }
        );
        return [.. rows.Select(r => new RunLogLine(r.Seq, SqlTime.Read(r.At), r.Level, r.Text))];
    }

    /// <summary>Writes what the schedule says of the tenants; those that are no longer in it go.</summary>
    public async Task SetTenantsAsync(IReadOnlyList<TenantStatus> tenants, CancellationToken cancellation = default)
    {
        await using var db = await database.OpenAsync(cancellation);
        await using var transaction = await db.BeginTransactionAsync(cancellation);
        var names = tenants.Select(t => t.Name).ToHashSet(StringComparer.Ordinal);
        foreach (
            var known in (
                await db.QueryAsync<string>("SELECT name FROM distiller_tenants", transaction: transaction)
            ).ToList()
        )
        {
            if (!names.Contains(known))
            {
                await db.ExecuteAsync("DELETE FROM distiller_tenants WHERE name = @known", new { known }, transaction);
            }
        }

        // Machines that take rows in different orders could wait for each other.
        foreach (var tenant in tenants.OrderBy(t => t.Name, StringComparer.Ordinal))
        {
            await db.ExecuteAsync(
                """
                INSERT INTO distiller_tenants (name, home, registry, base_path, schedule, time_zone, windows, next_due, held)
                VALUES (@Name, @Home, @Registry, @BasePath, @Schedule, @TimeZone, @Windows, @next, @held)
                ON CONFLICT (name) DO UPDATE SET home = excluded.home, registry = excluded.registry,
                    base_path = excluded.base_path, schedule = excluded.schedule, time_zone = excluded.time_zone,
                    windows = excluded.windows, next_due = excluded.next_due
                """,
                new
                {
                    tenant.Name,
                    tenant.Home,
                    tenant.Registry,
                    tenant.BasePath,
                    tenant.Schedule,
                    tenant.TimeZone,
                    tenant.Windows,
                    next = tenant.NextDue?.ToUnixTimeMilliseconds(),
                    held = tenant.IsHeld ? 1 : 0,
                },
                transaction
            );
        }

        await transaction.CommitAsync(cancellation);
    }

    public async Task SetNextDueAsync(string tenant, DateTimeOffset? next, CancellationToken cancellation = default)
    {
        await using var db = await database.OpenAsync(cancellation);
        await db.ExecuteAsync(
            "UPDATE distiller_tenants SET next_due = @next WHERE name = @tenant",
            new { tenant, next = next?.ToUnixTimeMilliseconds() }
        );
    }

    /// <summary>Holds a tenant's schedule back, or lets it go on.</summary>
    public async Task HoldAsync(string tenant, bool held, CancellationToken cancellation = default)
    {
        await using var db = await database.OpenAsync(cancellation);
        await db.ExecuteAsync(
            "UPDATE distiller_tenants SET held = @held WHERE name = @tenant",
            new { tenant, held = held ? 1 : 0 }
        );
    }

    public async Task<IReadOnlyList<TenantStatus>> TenantsAsync(CancellationToken cancellation = default)
    {
        await using var db = await database.OpenAsync(cancellation);
        var rows = await db.QueryAsync<TenantRow>(
            """
            SELECT name, home, registry, base_path, schedule, time_zone, windows, next_due, held
            FROM distiller_tenants ORDER BY name
            """
        );
        return [.. rows.Select(r => r.ToStatus())];
    }

    /// <summary>A sign of life.</summary>
    public async Task BeatAsync(RunNode node, CancellationToken cancellation = default)
    {
        await using var db = await database.OpenAsync(cancellation);
        await db.ExecuteAsync(
            """
            INSERT INTO distiller_nodes (name, roles, version, started, seen) VALUES (@Name, @roles, @Version, @started, @seen)
            ON CONFLICT (name) DO UPDATE SET roles = excluded.roles, version = excluded.version, started = excluded.started,
                seen = excluded.seen
            """,
            new
            {
                node.Name,
                roles = string.Join(',', node.Roles),
                node.Version,
                started = node.Started.ToUnixTimeMilliseconds(),
                seen = node.Seen.ToUnixTimeMilliseconds(),
            }
        );
    }

    public async Task<IReadOnlyList<RunNode>> NodesAsync(CancellationToken cancellation = default)
    {
        await using var db = await database.OpenAsync(cancellation);
        var rows = await db.QueryAsync<(string Name, string Roles, string Version, long Started, long Seen)>(
            "SELECT name, roles, version, started, seen FROM distiller_nodes ORDER BY name"
        );
        return
        [
            .. rows.Select(r => new RunNode(
                r.Name,
                r.Roles.Split(',', StringSplitOptions.RemoveEmptyEntries),
                r.Version,
                SqlTime.Read(r.Started),
                SqlTime.Read(r.Seen)
            )),
        ];
    }

    private long Now() => time.GetUtcNow().ToUnixTimeMilliseconds();

    private static async Task<Run?> FindAsync(DbConnection db, string id) =>
        (
            await db.QuerySingleOrDefaultAsync<RunRow>(
                $"SELECT {Columns} FROM distiller_runs WHERE id = @id",
                new { id }
            )
        )?.ToRun();

    private static string Where(RunQuery query)
    {
        var parts = new List<string>(2);
        if (query.Tenant is not null)
        {
            parts.Add("tenant = @Tenant");
        }

        if (query.States.Length > 0)
        {
            // Names of an enum: nothing a user wrote.
            parts.Add($"state IN ({string.Join(", ", query.States.Select(s => $"'{s}'"))})");
        }

        return parts.Count == 0 ? "" : "WHERE " + string.Join(" AND ", parts);
    }

    private static object Parameters(RunQuery query) =>
        new
        {
            query.Tenant,
            query.Take,
            query.Skip,
        };
}
