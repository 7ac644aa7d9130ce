using System.Data;
using System.Data.Common;
using Dapper;
using Distiller.Core;

namespace Distiller.Jobs.Scheduling.Store;

/// <summary>
/// Runs, and beside them their stages and logs, the tenants and the nodes. Every method is one transaction; changes of state
/// compare before they set, so that two machines never both move a run.
/// </summary>
public sealed class RunStore(RunDatabase database, TimeProvider time)
{
    private const string Columns =
        "id, tenant, night, state, reason, step, stage, progress, note, remaining, attempt, node, wish, wish_by, asked_by, "
        + "due, started, ended, updated, figures, handover, job";

    private readonly TimeProvider _time = time;

    public RunDatabase Database { get; } = database;

    public StageStore Stages { get; } = new(database, time);

    public RunLog Log { get; } = new(database, time);

    public TenantStore Tenants { get; } = new(database);

    public NodeStore Nodes { get; } = new(database);

    /// <summary>Creates the tables that are missing, though the first connection does so anyway. Several machines may at once.</summary>
    /// <exception cref="BadInputException">A newer program has written the tables, or the file is no database.</exception>
    public Task PrepareAsync(CancellationToken cancellation = default) => Database.PrepareAsync(cancellation);

    /// <summary>Adds a run unless one of this id is there.</summary>
    /// <returns>Whether it was added.</returns>
    public async Task<bool> AddAsync(Run run, CancellationToken cancellation = default)
    {
        var sql = $"""
            INSERT INTO distiller_runs ({Columns}) VALUES (@Id, @Tenant, @Night, @State, @Reason, @Step, @Stage, @Progress,
            @Note, @Remaining, @Attempt, @Node, @Wish, @Wish_By, @Asked_By, @Due, @Started, @Ended, @Updated, @Figures, @Handover,
            @Job)
            ON CONFLICT DO NOTHING
            """;
        await using var db = await Database.OpenAsync(cancellation);
        return await db.ExecuteAsync(sql, RunRow.Of(run with { Updated = _time.GetUtcNow() })) == 1;
    }

    public async Task<Run?> FindAsync(string id, CancellationToken cancellation = default)
    {
        await using var db = await Database.OpenAsync(cancellation);
        return await FindAsync(db, id);
    }

    /// <summary>Newest due first.</summary>
    public async Task<IReadOnlyList<Run>> ListAsync(RunQuery query, CancellationToken cancellation = default)
    {
        await using var db = await Database.OpenAsync(cancellation);
        var rows = await db.QueryAsync<RunRow>(
            $"SELECT {Columns} FROM distiller_runs {Where(query)} ORDER BY due DESC, id LIMIT @Take OFFSET @Skip",
            Parameters(query)
        );
        return [.. rows.Select(r => r.ToRun())];
    }

    /// <summary>Runs with a command that has not been carried out.</summary>
    public async Task<IReadOnlyList<Run>> WithCommandAsync(CancellationToken cancellation = default)
    {
        await using var db = await Database.OpenAsync(cancellation);
        var rows = await db.QueryAsync<RunRow>(
            $"SELECT {Columns} FROM distiller_runs WHERE wish <> 'None' ORDER BY id"
        );
        return [.. rows.Select(r => r.ToRun())];
    }

    public async Task<long> CountAsync(RunQuery query, CancellationToken cancellation = default)
    {
        await using var db = await Database.OpenAsync(cancellation);
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
            handover = @Handover, job = @Job
            WHERE id = @Id AND state = @OldState AND wish = @OldWish AND updated = @OldUpdated
            AND job IS NOT DISTINCT FROM @OldJob
            """;
        await using var db = await Database.OpenAsync(cancellation);
        while (await FindAsync(db, id) is { } run)
        {
            if (change(run) is not { } changed)
            {
                return null;
            }

            // Two changes within a millisecond must still differ, and a clock that was set back must not undo one.
            var updated = Math.Max(
                _time.GetUtcNow().ToUnixTimeMilliseconds(),
                run.Updated.ToUnixTimeMilliseconds() + 1
            );
            changed = changed with { Updated = SqlTime.Read(updated) };
            var parameters = new DynamicParameters(RunRow.Of(changed));
            parameters.Add("OldState", run.State.ToString());
            parameters.Add("OldWish", run.Command.ToString());
            parameters.Add("OldUpdated", run.Updated.ToUnixTimeMilliseconds());
            parameters.Add("OldJob", run.Job, DbType.String);
            if (await db.ExecuteAsync(new CommandDefinition(Sql, parameters)) == 1)
            {
                return changed;
            }
        }

        return null;
    }

    /// <summary>Names the job that carries out a run's step, if the run is still as it was read.</summary>
    /// <returns>Whether it was; else somebody changed the run, or handed its step over, meanwhile.</returns>
    public async Task<bool> SetJobAsync(Run read, string job, CancellationToken cancellation = default)
    {
        await using var db = await Database.OpenAsync(cancellation);
        return await db.ExecuteAsync(
                """
                UPDATE distiller_runs SET job = @job
                WHERE id = @Id AND state = @state AND updated = @updated AND job IS NOT DISTINCT FROM @old
                """,
                new
                {
                    read.Id,
                    job,
                    old = read.Job,
                    state = read.State.ToString(),
                    updated = read.Updated.ToUnixTimeMilliseconds(),
                }
            ) == 1;
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
        await using var db = await Database.OpenAsync(cancellation);
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

/// <summary>Which runs, newest due first.</summary>
/// <param name="Tenant">Null for all.</param>
/// <param name="States">Empty for all.</param>
/// <param name="Skip">Rows to leave out, for pages.</param>
public sealed record RunQuery(string? Tenant = null, int Take = 50, int Skip = 0, params RunState[] States);
