namespace Distiller.Retrieval;

/// <summary>One entry of the context that an agent carries in its prompt, as it stands when a task comes.</summary>
/// <param name="Id">Unique within the context; it stays when the text changes.</param>
/// <param name="Head">The part that tells when the entry applies.</param>
/// <param name="Text">The whole entry, as the prompt has it.</param>
/// <param name="Subject">What the entry is about, by the name that tasks use; empty where there is none.</param>
/// <param name="LearntText">
/// The text as it stood in the days that the adapter learnt from; null for an entry that did not exist then.
/// </param>
public sealed record ContextEntry(string Id, string Head, string Text, string Subject, string? LearntText)
{
    /// <summary>Nobody can have learnt it.</summary>
    public bool IsNew => LearntText is null;

    /// <summary>What an adapter knows of it is missing or out of date.</summary>
    public bool IsChanged => LearntText != Text;

    /// <summary>Whether a text names the subject, word by word.</summary>
    public bool IsNamedIn(string text) => TextWords.Hold(TextWords.Of(text), TextWords.Of(Subject));
}

/// <summary>A task that was solved before: what was asked, and what the agent wrote.</summary>
public sealed record PastSuccess(string Request, string Answer);
