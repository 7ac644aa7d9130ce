using Distiller.Runs;

namespace Distiller.Jobs.Scheduling;

/// <summary>
/// Tells which machines live. A machine is alive as long as its sign of life keeps changing, by this machine's own sense of
/// time: clocks that differ or jump kill nobody.
/// </summary>
internal sealed class NodeWatch(RunStore store, NodeOptions options, TimeProvider time)
{
    private readonly Dictionary<string, (DateTimeOffset Seen, long At)> _known = new(StringComparer.Ordinal);

    public async Task LookAsync(CancellationToken cancellation)
    {
        foreach (var node in await store.Nodes.ListAsync(cancellation))
        {
            if (!_known.TryGetValue(node.Name, out var known) || known.Seen != node.Seen)
            {
                _known[node.Name] = (node.Seen, time.GetTimestamp());
            }
        }
    }

    public bool IsAlive(string? name) =>
        name is not null
        && _known.TryGetValue(name, out var known)
        && time.GetElapsedTime(known.At) < options.DeadAfter;
}
