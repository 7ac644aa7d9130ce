using Microsoft.Extensions.AI;

namespace Distiller.Retrieval;

/// <summary>Chooses entries of one context by one method. The same request always gets the same entries.</summary>
public sealed class EntrySelector
{
    private readonly IReadOnlyList<ContextEntry> _entries;
    private readonly IReadOnlyList<PastSuccess> _past;
    private readonly EntrySelection _selection;
    private readonly ITextIndex? _index;

    /// <param name="embedder">Used by the methods that embed; it stays the caller's.</param>
    public EntrySelector(
        EntrySelection selection,
        IReadOnlyList<ContextEntry> entries,
        IReadOnlyList<PastSuccess> past,
        IEmbeddingGenerator<string, Embedding<float>> embedder
    )
    {
        (_selection, _entries, _past) = (selection, entries, past);
        _index = selection.Method switch
        {
            EntryMethod.Bm25Head => new Bm25Index([.. entries.Select(e => e.Head)]),
            EntryMethod.Bm25Entry => new Bm25Index([.. entries.Select(e => e.Text)]),
            EntryMethod.Bm25Past => new Bm25Index([.. entries.Select(new EntryRequests(entries, past).Describe)]),
            EntryMethod.Episodes => new Bm25Index([.. past.Select(p => p.Request)]),
            EntryMethod.EmbedderHead => new EmbeddingIndex(embedder, [.. entries.Select(e => e.Head)]),
            EntryMethod.EmbedderEntry => new EmbeddingIndex(embedder, [.. entries.Select(e => e.Text)]),
            _ => null,
        };
    }

    /// <summary>Tokens that an embedding model read to index the entries.</summary>
    public long IndexingTokens => (_index as EmbeddingIndex)?.IndexingTokens ?? 0;

    public SelectedEntries Select(string request)
    {
        if (_index is null)
        {
            var found = _entries.Where(e =>
                _selection.Method switch
                {
                    EntryMethod.Changed => e.IsChanged,
                    EntryMethod.ChangedSubject => e.IsChanged && e.IsNamedIn(request),
                    _ => e.IsNamedIn(request),
                }
            );
            return new SelectedEntries([.. found.Take(_selection.K ?? int.MaxValue)], [], 0);
        }

        var matches = _index.Search(request, _selection.K ?? int.MaxValue);
        // In the context's order, as a reader of the whole would meet them.
        var positions = matches.Best.Select(m => m.Position).Order();
        return _selection.Method == EntryMethod.Episodes
            ? new SelectedEntries([], [.. positions.Select(p => _past[p])], 0)
            : new SelectedEntries([.. positions.Select(p => _entries[p])], [], matches.EmbeddingTokens);
    }
}

/// <summary>What stands in a prompt in place of the whole context.</summary>
/// <param name="Entries">In the context's order.</param>
/// <param name="Examples">Past successes, the oldest first.</param>
/// <param name="EmbeddingTokens">Tokens that an embedding model read for the request.</param>
public sealed record SelectedEntries(
    IReadOnlyList<ContextEntry> Entries,
    IReadOnlyList<PastSuccess> Examples,
    long EmbeddingTokens
);
