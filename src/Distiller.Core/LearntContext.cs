namespace Distiller.Core;

/// <summary>
/// The document of which an adapter learnt, entry by entry: who serves the adapter can tell which entries have changed since, and
/// which requests touch them.
/// </summary>
public sealed record LearntContext(IReadOnlyList<LearntEntry> Entries);

/// <summary>An entry as it stood when the adapter learnt.</summary>
/// <param name="Id">Unique within the document; it stays when the text changes.</param>
/// <param name="Asked">Requests that the entry answered: for each its distinct words, in the order of the alphabet.</param>
public sealed record LearntEntry(string Id, string Text, IReadOnlyList<string> Asked);
