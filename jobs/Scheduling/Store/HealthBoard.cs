namespace Distiller.Jobs.Scheduling.Store;

/// <summary>
/// Where the parts of a server say how they are. A part that is well is not on it; one that must be up before the server
/// is ready is put on it at the start and taken off when it is up.
/// </summary>
/// <param name="time">The clock of <see cref="HealthNote.Since"/>.</param>
public sealed class HealthBoard(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, HealthNote> _notes = new(StringComparer.Ordinal);

    /// <summary>What is not well now, by part.</summary>
    public IReadOnlyList<HealthNote> Notes
    {
        get
        {
            lock (_lock)
            {
                return [.. _notes.Values];
            }
        }
    }

    /// <summary>The part works, and not as it should: the server stays ready.</summary>
    /// <param name="part">One word, for example <c>webhook</c>.</param>
    /// <param name="why">In words for a person; no secrets.</param>
    public void Degraded(string part, string why) => Put(part, why, blocks: false);

    /// <summary>Without the part the server cannot do its work.</summary>
    /// <inheritdoc cref="Degraded"/>
    public void NotReady(string part, string why) => Put(part, why, blocks: true);

    public void Well(string part)
    {
        lock (_lock)
        {
            _notes.Remove(part);
        }
    }

    private void Put(string part, string why, bool blocks)
    {
        lock (_lock)
        {
            var since = _notes.TryGetValue(part, out var known) ? known.Since : time.GetUtcNow();
            _notes[part] = new HealthNote(part, why, blocks, since);
        }
    }
}

/// <summary>A part of a server that is not well.</summary>
/// <param name="Blocks">Whether the server is not ready because of it.</param>
public sealed record HealthNote(string Part, string Why, bool Blocks, DateTimeOffset Since);
