using System.Collections.Concurrent;
using Distiller.Jobs.Scheduling.Store;

namespace Distiller.Jobs.Scheduling;

/// <summary>
/// Tells which machines live. A machine is alive as long as its sign of life keeps changing, by this machine's own sense of
/// time: clocks that differ or jump kill nobody. While this machine could not look itself, nobody grows silent.
/// </summary>
internal sealed class NodeWatch(RunStore store, NodeOptions options, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, (DateTimeOffset Seen, long At)> _known = new(StringComparer.Ordinal);
    private long? _looked;

    public async Task LookAsync(CancellationToken cancellation)
    {
        var nodes = await store.Nodes.ListAsync(cancellation);
        var now = time.GetTimestamp();
        // The database was away, or this machine stood still: the others are given the time to tell again.
        var wasAway = _looked is { } last && time.GetElapsedTime(last, now) >= options.SilentMax;
        foreach (var node in nodes)
        {
            if (wasAway || !_known.TryGetValue(node.Name, out var known) || known.Seen != node.Seen)
            {
                _known[node.Name] = (node.Seen, now);
            }
        }

        _looked = now;
    }

    public bool IsAlive(string? name) =>
        name is not null
        && _known.TryGetValue(name, out var known)
        && time.GetElapsedTime(known.At) < options.SilentMax;
}
