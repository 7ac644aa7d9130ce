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
    /// <summary>
    /// Nearest entries that are shown where a changed one touches a request. At two sample companies that nothing
    /// else is reported of (101 and 102, twenty changed rules) 1, 2 and 3 alone solved 564, 569 and 567 of 600 tickets with 498, 497 and
    /// 520 tokens each; all entries of the subject 577 with 528, which is why those that a request names are shown, too.
    /// </summary>
    public const int Shown = 2;

    /// <summary>With those that the request names by a word of their heads.</summary>
    private const int ShownMax = 5;

    /// <summary>Share of the heads from which on a word names none of them.</summary>
    private const double CommonShare = 0.25;

    private readonly IReadOnlyList<ContextEntry> _entries;
    private readonly IReadOnlyList<ContextEntry> _unasked;
    private readonly IReadOnlyList<HashSet<string>> _words;
    private readonly TellingWords _telling;
    private readonly Bm25Index _index;
    private readonly HashSet<string> _common;

    public ChangedEntryRouter(IReadOnlyList<ContextEntry> entries, IReadOnlyList<PastSuccess> past)
        : this(entries, new EntryRequests(entries, past)) { }

    public ChangedEntryRouter(IReadOnlyList<ContextEntry> entries, EntryRequests requests)
    {
        _entries = entries;
        var described = entries.Select(requests.Describe).ToList();
        _index = new Bm25Index(described);
        _words = [.. described.Select(d => TextWords.Of(d).ToHashSet(StringComparer.Ordinal))];
        _telling = new TellingWords(entries.Select(e => requests.Of(e).ToList()));
        _common =
        [
            .. entries
                .SelectMany(e => TextWords.Of(e.Head).Distinct(StringComparer.Ordinal))
                .CountBy(w => w, StringComparer.Ordinal)
                .Where(w => w.Value > Math.Max(2, CommonShare * entries.Count))
                .Select(w => w.Key),
        ];
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
                _unasked.Any(e => IsNamed(e, request))
                && TextWords.Of(request).Any(w => !_words[position].Contains(w) && _telling.Has(w))
            );
    }

    /// <summary>
    /// What a prompt needs for a request that a changed entry touches: the nearest <paramref name="count"/> entries, and as many of those
    /// that the request names as make <see cref="ShownMax"/> with them, the nearest first; and new ones that it may mean. In the
    /// context's order.
    /// </summary>
    public IReadOnlyList<ContextEntry> Choose(string request, int count)
    {
        var ranked = _index.Search(request, _entries.Count).Best.Select(m => m.Position).ToList();
        var words = TextWords.Of(request).Where(w => !_common.Contains(w)).ToHashSet(StringComparer.Ordinal);
        var chosen = ranked.Take(count).ToHashSet();
        chosen.UnionWith(
            ranked
                .Skip(count)
                .Where(p => TextWords.Of(_entries[p].Head).Any(words.Contains))
                .Take(Math.Max(0, ShownMax - chosen.Count))
        );
        return [.. _entries.Where((e, p) => chosen.Contains(p) || (_unasked.Contains(e) && IsNamed(e, request)))];
    }

    /// <summary>An entry without a subject is named by any word of its head that tells a situation.</summary>
    private bool IsNamed(ContextEntry entry, string request) =>
        entry.Subject.Length > 0
            ? entry.IsNamedIn(request)
            : TextWords.Of(entry.Head).Intersect(TextWords.Of(request), StringComparer.Ordinal).Any(_telling.Has);
}
