using Dapper;

namespace Distiller.Jobs.Scheduling.Store;

/// <summary>The stages of runs: each one row, however often it was interrupted.</summary>
public sealed class StageStore(RunDatabase database, TimeProvider time)
{
    // By the clock only where nobody measured it; one that was set back takes nothing away.
    private const string BusyNow =
        "busy + COALESCE(CAST(@worked AS BIGINT), CASE WHEN @now > resumed THEN @now - resumed ELSE 0 END)";

    /// <summary>A stage begins, or goes on after an interruption.</summary>
    public async Task BeganAsync(
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
    /// <param name="worked">Since it was begun or went on; null: what the clock says.</param>
    public async Task EndedAsync(
        string id,
        string stage,
        RunState state,
        IReadOnlyList<string> outputs,
        string note,
        TimeSpan? worked = null,
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
                worked = (long?)worked?.TotalMilliseconds,
                outputs = StageRow.Json(outputs),
            }
        );
    }

    /// <summary>Ends what is left running.</summary>
    /// <param name="worked">Since it was begun or went on; null where a machine that is gone left it: what the clock says.</param>
    public async Task InterruptedAsync(
        string id,
        RunState state,
        TimeSpan? worked = null,
        CancellationToken cancellation = default
    )
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
                worked = (long?)worked?.TotalMilliseconds,
            }
        );
    }

    /// <summary>In the order in which they were first begun.</summary>
    public async Task<IReadOnlyList<RunStage>> ListAsync(string id, CancellationToken cancellation = default)
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

    private long Now() => time.GetUtcNow().ToUnixTimeMilliseconds();
}
