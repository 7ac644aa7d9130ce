namespace Distiller.Retrieval;

/// <summary>
/// Which entry of a context each past success was an instance of: the one whose text, as it stood then, is nearest by BM25 to
/// what the agent wrote. Nobody labels anything.
/// </summary>
public sealed class EntryRequests
{
    private readonly ILookup<string, string> _byEntry;

    public EntryRequests(IReadOnlyList<ContextEntry> entries, IReadOnlyList<PastSuccess> past)
    {
        var known = entries.Where(e => !e.IsNew).ToList();
        var index = new Bm25Index([.. known.Select(e => e.LearntText!)]);
        _byEntry = past.Select(p => (p.Request, index.Search(p.Answer, 1).Best))
            .Where(p => p.Best.Count > 0)
            .ToLookup(p => known[p.Best[0].Position].Id, p => p.Request, StringComparer.Ordinal);
    }

    /// <param name="asked">Requests that each entry answered, by the entry's id.</param>
    public EntryRequests(IReadOnlyDictionary<string, IReadOnlyList<string>> asked) =>
        _byEntry = asked
            .SelectMany(a => a.Value.Select(request => (a.Key, request)))
            .ToLookup(a => a.Key, a => a.request, StringComparer.Ordinal);

    /// <summary>Requests that the entry answered, in the order of the past successes.</summary>
    public IEnumerable<string> Of(ContextEntry entry) => _byEntry[entry.Id];

    /// <summary>The head, and below it every request that the entry answered: the words in which people ask for it.</summary>
    public string Describe(ContextEntry entry) => string.Join('\n', Of(entry).Prepend(entry.Head));
}
