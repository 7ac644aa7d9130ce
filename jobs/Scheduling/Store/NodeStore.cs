using Dapper;

namespace Distiller.Jobs.Scheduling.Store;

/// <summary>The machines that work on the runs, with their heartbeats.</summary>
public sealed class NodeStore(RunDatabase database)
{
    /// <summary>Writes a heartbeat of the machine.</summary>
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

    public async Task<IReadOnlyList<RunNode>> ListAsync(CancellationToken cancellation = default)
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
}

/// <summary>A machine that carries out steps.</summary>
/// <param name="Roles"><c>cpu</c>, <c>gpu</c> or both.</param>
/// <param name="Seen">Its last heartbeat.</param>
public sealed record RunNode(
    string Name,
    IReadOnlyList<string> Roles,
    string Version,
    DateTimeOffset Started,
    DateTimeOffset Seen
);
