using Dapper;

namespace Distiller.Jobs.Scheduling.Store;

/// <summary>What the schedule says of the tenants, and what people said of it.</summary>
public sealed class TenantStore(RunDatabase database)
{
    /// <summary>Writes what the schedule says of the tenants; those that are no longer in it go.</summary>
    public async Task SetAsync(IReadOnlyList<TenantStatus> tenants, CancellationToken cancellation = default)
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

    public async Task<IReadOnlyList<TenantStatus>> ListAsync(CancellationToken cancellation = default)
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
}
