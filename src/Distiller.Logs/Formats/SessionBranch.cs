namespace Distiller.Logs.Formats;

/// <summary>
/// Entries of a session that name the entry they follow. When the user goes back and asks otherwise, the session branches; the
/// live branch is the one that ends in the newest entry.
/// </summary>
internal sealed class SessionBranch
{
    private readonly List<(int Before, List<Turn> Turns)> _entries = [];
    private readonly Dictionary<string, int> _byId = new(StringComparer.Ordinal);

    /// <summary>
    /// An entry that names no other, or one that was not read, follows the one before it; one that was told before takes that
    /// one's place.
    /// </summary>
    /// <param name="isRoot">Whether the log says that it follows nothing.</param>
    public void Add(string? id, string? parent, List<Turn> turns, bool isRoot = false)
    {
        if (id is not null && _byId.TryGetValue(id, out var known))
        {
            _entries[known] = (_entries[known].Before, turns);
            return;
        }

        var before =
            isRoot ? -1
            : parent is not null && _byId.TryGetValue(parent, out var place) ? place
            : _entries.Count - 1;
        if (id is not null)
        {
            _byId[id] = _entries.Count;
        }

        _entries.Add((before, turns));
    }

    /// <summary>Goes back to before an entry: what follows stands in its place.</summary>
    public void RewindTo(string id)
    {
        if (_byId.TryGetValue(id, out var place))
        {
            _entries.Add((_entries[place].Before, []));
        }
    }

    /// <summary>The turns of the live branch; begins anew.</summary>
    public List<Turn> Take()
    {
        var path = new List<List<Turn>>();
        for (var at = _entries.Count - 1; at >= 0; at = _entries[at].Before)
        {
            path.Add(_entries[at].Turns);
        }

        path.Reverse();
        _entries.Clear();
        _byId.Clear();
        return [.. path.SelectMany(t => t)];
    }
}
