namespace Distiller.Mining.Cards;

/// <summary>Something that past tasks teach about a project, in one line that a colleague would be glad of.</summary>
public sealed record Card
{
    /// <summary>The first 16 hex digits of a SHA-256 over kind, project and what it is about: the same from night to night.</summary>
    public required string Id { get; init; }

    public required CardKind Kind { get; init; }

    /// <summary>The folder that it holds for, with the home folder as <c>~</c>; empty where logs do not tell.</summary>
    public required string Project { get; init; }

    /// <summary>What to do, in Markdown.</summary>
    public required string Text { get; init; }

    /// <summary>Distinct tasks that it rests on, and their sessions.</summary>
    public required int Tasks { get; init; }

    public required int Sessions { get; init; }

    /// <summary>Of the tasks in which it was followed and whose outcome is known, the share that succeeded; null for none.</summary>
    public double? SuccessWith { get; init; }

    /// <summary>The same for the tasks of the project in which it was not.</summary>
    public double? SuccessWithout { get; init; }

    /// <summary>
    /// Share of all findings as strong as this one that would be found by chance (Benjamini and Hochberg, 1995), from Fisher's
    /// exact test of the two; null where nothing can be compared.
    /// </summary>
    public double? FalseDiscoveryRate { get; init; }

    /// <summary>For a command how often it ran through, for an error how often this resolved it: shares, 0 to 1.</summary>
    public double? PassRate { get; init; }

    /// <summary>For <see cref="CardKind.Files"/> the file, relative to the project.</summary>
    public string? File { get; init; }

    /// <summary>
    /// What it would have saved, as tokens a task of <see cref="Tasks"/>: those spent on guesses before the right command, on other
    /// files before the right one, on the way from an error to its resolution, on what a user had to correct.
    /// </summary>
    public double TokensSaved { get; init; }

    /// <summary>For a command: what has been run in its place since; null while it counts.</summary>
    public string? ReplacedBy { get; init; }

    public DateTimeOffset? FirstSeen { get; init; }

    public DateTimeOffset? LastSeen { get; init; }

    /// <summary>The newest tasks that it comes from.</summary>
    public required IReadOnlyList<EpisodeId> Episodes { get; init; }
}

public enum CardKind
{
    /// <summary>How tests are run here.</summary>
    Tests,

    /// <summary>How the code is checked by a linter.</summary>
    Lints,

    /// <summary>How it is built.</summary>
    Builds,

    /// <summary>Another command that tasks here need.</summary>
    Command,

    /// <summary>Which files a kind of request needs first.</summary>
    Files,

    /// <summary>What resolved an error.</summary>
    Recovery,

    /// <summary>What users corrected in several sessions.</summary>
    Correction,
}
