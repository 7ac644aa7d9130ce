namespace Distiller.Retrieval;

/// <summary>
/// Decides for a task whether an entry that changed since the adapter learnt touches it: then the context must be asked, since
/// the adapter knows the old text or nothing. It sees the request, the entries and what was asked before, never a solution.
/// </summary>
/// <remarks>
/// The entry nearest to the request, by BM25 over each entry's head and the requests that it answered before, decides where it
/// has changed. An entry that nobody has asked for yet has no such requests. It touches a task that names its subject where the
/// request holds a word that tells a situation (<see cref="TellingWords"/>) and that no request for the nearest entry ever held:
/// the task may then be the new situation of a known subject.
/// </remarks>
public sealed class ChangedEntryRouter
{
    private readonly IReadOnlyList<ContextEntry> _entries;
    private readonly IReadOnlyList<ContextEntry> _unasked;
    private readonly IReadOnlyList<HashSet<string>> _words;
    private readonly TellingWords _telling;
    private readonly Bm25Index _index;

    public ChangedEntryRouter(IReadOnlyList<ContextEntry> entries, IReadOnlyList<PastSuccess> past)
    {
        _entries = entries;
        var requests = new EntryRequests(entries, past);
        var described = entries.Select(requests.Describe).ToList();
        _index = new Bm25Index(described);
        _words = [.. described.Select(d => TextWords.Of(d).ToHashSet(StringComparer.Ordinal))];
        _telling = new TellingWords(entries.Select(e => requests.Of(e).ToList()));
        _unasked = [.. entries.Where(e => e.IsChanged && !requests.Of(e).Any())];
    }

    public bool Touches(string request)
    {
        var nearest = _index.Search(request, 1).Best;
        if (nearest.Count == 0)
        {
            return _entries.Any(e => e.IsChanged);
        }

        var position = nearest[0].Position;
        return _entries[position].IsChanged
            || (
                _unasked.Any(e => e.IsNamedIn(request))
                && TextWords.Of(request).Any(w => !_words[position].Contains(w) && _telling.Has(w))
            );
    }
}
