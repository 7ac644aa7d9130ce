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
    /// Logged successes left out because they followed an entry that says something else in the newest document.
    /// </summary>
    public int Outdated => Documents.Sum(d => d.Outdated);
}

/// <summary>One document, in its newest version.</summary>
public sealed record StudiedDocument
{
    /// <summary>Of the newest version.</summary>
    public required string ContextId { get; init; }

    public required int Entries { get; init; }

    /// <summary>Entries whose text no older version has.</summary>
    public required int Changed { get; init; }

    /// <summary>Logged successes that the teacher was asked.</summary>
    public required int Checked { get; init; }

    /// <summary>Of these it answered so many as they were.</summary>
    public required int Agreed { get; init; }

    /// <summary>Requests that were made.</summary>
    public int Asked { get; init; }

    /// <summary>Requests that became rows.</summary>
    public int Used { get; init; }

    /// <summary>Logged successes that contradict the newest version; their rows are left out.</summary>
    public required int Outdated { get; init; }

    /// <summary>Why nothing was made of it; else empty.</summary>
    public string Note { get; init; } = "";
}

/// <summary>A request that was made, with what the teacher said.</summary>
/// <param name="Id">Of the row for the trainer, where there is one: it marks the row as made.</param>
/// <param name="Kind">How it came about.</param>
/// <param name="Prompt">The student's system prompt.</param>
/// <param name="Reason">Why the answer is not used; empty where it is.</param>
public sealed record MadeRequest(
    string Id,
    string ContextId,
    string Entry,
    string Kind,
    string Prompt,
    string Request,
    string Answer,
    string Reason
);
