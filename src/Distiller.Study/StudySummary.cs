namespace Distiller.Study;

/// <summary>What became of the documents that agents carry in their prompts.</summary>
public sealed record StudySummary
{
    public required IReadOnlyList<StudiedDocument> Documents { get; init; }

    /// <summary>Rows for the trainer that were made.</summary>
    public int Made => Documents.Sum(d => d.Used);

    /// <summary>Tokens of these rows.</summary>
    public required long Tokens { get; init; }

    /// <summary>
    /// Rows of logged successes left out because they followed an entry that says something else in the newest document.
    /// </summary>
    public int Outdated => Documents.Sum(d => d.Outdated);
}

/// <summary>One document, in its newest version.</summary>
/// <param name="ContextId">Of the newest version.</param>
/// <param name="Changed">Entries whose text an older version does not have.</param>
/// <param name="Checked">Logged successes that the teacher was asked.</param>
/// <param name="Agreed">Of these it answered so many as they were.</param>
/// <param name="Asked">Requests made for its entries and answered.</param>
/// <param name="Used">Answers that became rows.</param>
/// <param name="Outdated">Rows of logged successes that contradict it.</param>
/// <param name="Note">Why nothing was made of it; else empty.</param>
public sealed record StudiedDocument(
    string ContextId,
    int Entries,
    int Changed,
    int Checked,
    int Agreed,
    int Asked,
    int Used,
    int Outdated,
    string Note
);

/// <summary>A request that was made, with what the teacher said.</summary>
/// <param name="Id">Of the row for the trainer, where there is one: it marks the row as made.</param>
/// <param name="Kind">How the request came about.</param>
/// <param name="Reason">Why the answer is not used; empty where it is.</param>
public sealed record MadeRequest(
    string Id,
    string ContextId,
    string Entry,
    string Kind,
    string Request,
    string Answer,
    string Reason
);
