using Dapper;

namespace Distiller.Jobs.Scheduling.Store;

/// <summary>Sums over the whole store, for metrics.</summary>
public sealed class RunStatistics(RunDatabase database)
{
    /// <summary>One row for each tenant and state.</summary>
    public async Task<IReadOnlyList<RunTotals>> TotalsAsync(CancellationToken cancellation = default)
    {
        var figures = database.IsPostgres ? "figures::json" : "figures";
        await using var db = await database.OpenAsync(cancellation);
        var rows = await db.QueryAsync<(string Tenant, string State, long N, long Retries, long Tokens, long Bad)>(
            new CommandDefinition(
                $"""
                SELECT tenant, state, CAST(COUNT(*) AS BIGINT), CAST(SUM(attempt - 1) AS BIGINT),
                    CAST(COALESCE(SUM(CAST({figures} ->> 'trainTokens' AS BIGINT)), 0) AS BIGINT),
                    CAST(COALESCE(SUM(CAST({figures} ->> 'quarantined' AS BIGINT)), 0) AS BIGINT)
                FROM distiller_runs GROUP BY tenant, state
                """,
                cancellationToken: cancellation
            )
        );
        return
        [
            .. rows.Select(r => new RunTotals(
                r.Tenant,
                Enum.Parse<RunState>(r.State),
                r.N,
                r.Retries,
                r.Tokens,
                r.Bad
            )),
        ];
    }

    /// <summary>Runs that are over and stages that finished, after a moment.</summary>
    public async Task<IReadOnlyList<RunSpan>> EndedAsync(DateTimeOffset after, CancellationToken cancellation = default)
    {
        await using var db = await database.OpenAsync(cancellation);
        var rows = await db.QueryAsync<(
            string Run,
            string Tenant,
            string? Stage,
            string State,
            long Length,
            long Ended
        )>(
            new CommandDefinition(
                """
                SELECT id, tenant, NULL, state, ended - started, ended FROM distiller_runs
                WHERE state IN ('Finished', 'Failed', 'Cancelled') AND started IS NOT NULL AND ended > @after
                UNION ALL
                SELECT s.run, r.tenant, s.name, s.state, s.busy, s.ended
                FROM distiller_stages s JOIN distiller_runs r ON r.id = s.run
                WHERE s.state = 'Finished' AND s.ended > @after
                """,
                new { after = after.ToUnixTimeMilliseconds() },
                cancellationToken: cancellation
            )
        );
        return
        [
            .. rows.Select(r => new RunSpan(
                r.Run,
                r.Tenant,
                r.Stage,
                Enum.Parse<RunState>(r.State),
                TimeSpan.FromMilliseconds(Math.Max(0, r.Length)),
                SqlTime.Read(r.Ended)
            )),
        ];
    }
}

/// <summary>How long a run, or one stage of it, took.</summary>
/// <param name="Stage">Null for the run as a whole.</param>
/// <param name="Length">Of a run from start to end, pauses counted; of a stage the time at work.</param>
public sealed record RunSpan(
    string RunId,
    string Tenant,
    string? Stage,
    RunState State,
    TimeSpan Length,
    DateTimeOffset Ended
);

/// <summary>What the store holds of one tenant's runs in one state.</summary>
/// <param name="Retries">Attempts before the last one of each.</param>
/// <param name="TrainTokens">Sum over the runs that tell.</param>
public sealed record RunTotals(
    string Tenant,
    RunState State,
    long Runs,
    long Retries,
    long TrainTokens,
    long Quarantined
);
