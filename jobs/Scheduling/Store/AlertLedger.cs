using Dapper;

namespace Distiller.Jobs.Scheduling.Store;

/// <summary>
/// Alerts and whether they were delivered, so that each is told once however often servers start, and in the end, however
/// long the receiver is away. The receiver may see one twice: when a server ends between delivering and writing it down.
/// </summary>
public sealed class AlertLedger(RunDatabase database, TimeProvider time)
{
    /// <summary>Writes an alert down unless there is one of this subject and kind.</summary>
    /// <returns>Whether it is new.</returns>
    public async Task<bool> AddAsync(string subject, string kind, string body, CancellationToken cancellation = default)
    {
        await using var db = await database.OpenAsync(cancellation);
        return await db.ExecuteAsync(
                """
                INSERT INTO distiller_alerts (subject, kind, body, noticed, next_try, tries, delivered)
                VALUES (@subject, @kind, @body, @now, @now, 0, NULL) ON CONFLICT DO NOTHING
                """,
                new
                {
                    subject,
                    kind,
                    body,
                    now = Now(),
                }
            ) == 1;
    }

    /// <summary>Takes the oldest alert that is to be tried; another server may take it after <paramref name="lease"/>.</summary>
    /// <returns>Null: there is none.</returns>
    public async Task<PendingAlert?> TakeAsync(TimeSpan lease, CancellationToken cancellation = default)
    {
        await using var db = await database.OpenAsync(cancellation);
        var now = Now();
        var due = await db.QueryAsync<(string Subject, string Kind, string Body, int Tries, long NextTry)>(
            """
            SELECT subject, kind, body, tries, next_try FROM distiller_alerts
            WHERE delivered IS NULL AND next_try <= @now ORDER BY noticed, subject, kind LIMIT 20
            """,
            new { now }
        );
        foreach (var alert in due)
        {
            var taken = await db.ExecuteAsync(
                """
                UPDATE distiller_alerts SET next_try = @until, tries = tries + 1
                WHERE subject = @Subject AND kind = @Kind AND delivered IS NULL AND next_try = @NextTry AND tries = @Tries
                """,
                new
                {
                    alert.Subject,
                    alert.Kind,
                    alert.NextTry,
                    alert.Tries,
                    until = now + (long)lease.TotalMilliseconds,
                }
            );
            if (taken == 1)
            {
                return new PendingAlert(alert.Subject, alert.Kind, alert.Body, alert.Tries + 1);
            }
        }

        return null;
    }

    public async Task DeliveredAsync(PendingAlert alert, CancellationToken cancellation = default)
    {
        await using var db = await database.OpenAsync(cancellation);
        await db.ExecuteAsync(
            "UPDATE distiller_alerts SET delivered = @now WHERE subject = @Subject AND kind = @Kind",
            new
            {
                alert.Subject,
                alert.Kind,
                now = Now(),
            }
        );
    }

    /// <summary>Puts an alert that could not be delivered off.</summary>
    public async Task PutOffAsync(PendingAlert alert, TimeSpan wait, CancellationToken cancellation = default)
    {
        await using var db = await database.OpenAsync(cancellation);
        await db.ExecuteAsync(
            """
            UPDATE distiller_alerts SET next_try = @next
            WHERE subject = @Subject AND kind = @Kind AND delivered IS NULL AND tries = @Tries
            """,
            new
            {
                alert.Subject,
                alert.Kind,
                alert.Tries,
                next = Now() + (long)wait.TotalMilliseconds,
            }
        );
    }

    private long Now() => time.GetUtcNow().ToUnixTimeMilliseconds();
}

/// <summary>An alert that nobody has received yet.</summary>
/// <param name="Subject">The run, or the tenant and the night that is missing.</param>
/// <param name="Kind">For example <c>failed</c>; there is one alert for each subject and kind, ever.</param>
/// <param name="Body">The JSON document to deliver.</param>
/// <param name="Tries">With this one.</param>
public sealed record PendingAlert(string Subject, string Kind, string Body, int Tries);
