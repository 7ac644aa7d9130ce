namespace Distiller.Mining.Deduplicating;

/// <summary>Union-find over task names; the ordinally first name of a set stands for it.</summary>
internal sealed class DisjointTasks
{
    private readonly SortedDictionary<string, string> _parents = new(StringComparer.Ordinal);

    public void Add(string task) => _parents.TryAdd(task, task);

    public bool AreJoined(string a, string b) => Root(a) == Root(b);

    public void Join(string a, string b)
    {
        Add(a);
        Add(b);
        var rootA = Root(a);
        var rootB = Root(b);
        if (string.CompareOrdinal(rootA, rootB) < 0)
        {
            _parents[rootB] = rootA;
        }
        else
        {
            _parents[rootA] = rootB;
        }
    }

    public IReadOnlyDictionary<string, string> Names()
    {
        var names = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var task in _parents.Keys.ToList())
        {
            names[task] = Root(task);
        }

        return names;
    }

    private string Root(string task)
    {
        var root = task;
        while (_parents[root] != root)
        {
            root = _parents[root];
        }

        // Path compression keeps later look-ups short.
        while (_parents[task] != root)
        {
            (task, _parents[task]) = (_parents[task], root);
        }

        return root;
    }
}
