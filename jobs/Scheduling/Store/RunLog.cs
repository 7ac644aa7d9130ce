using Dapper;

namespace Distiller.Jobs.Scheduling.Store;

/// <summary>What runs told: numbered lines, each run's for itself.</summary>
public sealed class RunLog(RunDatabase database, TimeProvider time)
{
    private const int LinesMax = 2_000;
    private const int LinesDropped = 100;

    /// <summary>Adds a line to a run's log; of very long logs the oldest lines go.</summary>
    public async Task AddAsync(string id, string level, string text, CancellationToken cancellation = default)
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

        if (seq > LinesMax && seq % LinesDropped == 0)
        {
            await db.ExecuteAsync(
                "DELETE FROM distiller_log WHERE run = @id AND seq <= @last",
                new { id, last = seq - LinesMax }
            );
        }
    }

    /// <param name="after">Only lines with a higher number.</param>
    public async Task<IReadOnlyList<RunLogLine>> ListAsync(
        string id,
        long after = 0,
        int take = LinesMax,
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

    private long Now() => time.GetUtcNow().ToUnixTimeMilliseconds();
}

/// <summary>A line of a run's log.</summary>
/// <param name="Seq">Rises by one within a run.</param>
/// <param name="Level"><c>info</c>, <c>warning</c> or <c>error</c>.</param>
public sealed record RunLogLine(long Seq, DateTimeOffset At, string Level, string Text);
