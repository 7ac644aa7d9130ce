namespace Distiller.Mining.Digesting;

/// <summary>
/// What finding duplicates, splitting and mining need to know of an episode: some hundred bytes instead of its conversation.
/// A row of the digests that are kept from night to night.
/// </summary>
public record EpisodeDigest
{
    /// <summary>See <see cref="EpisodeId"/>.</summary>
    public required string Id { get; init; }

    public required string Format { get; init; }

    public required string Tenant { get; init; }

    public required string Key { get; init; }

    /// <summary>The session of a person that it was done in, by format and name, of a sub-agent its parent's; null for none.</summary>
    public required string? Session { get; init; }

    /// <summary>See <see cref="Core.Session.Project"/>.</summary>
    public required string? Project { get; init; }

    /// <summary>See <see cref="Core.Session.Repository"/>.</summary>
    public required string? Repository { get; init; }

    public required string TaskId { get; init; }

    public required DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it began or, where its log does not tell, its last turn; null where neither is known.</summary>
    public required DateTimeOffset? Time { get; init; }

    /// <summary>What the log itself tells, as <see cref="OutcomeKind"/>.</summary>
    public required int LogOutcome { get; init; }

    /// <summary>The strongest rule on its transcript that holds; empty for none. See <see cref="Outcomes.OutcomeRule"/>.</summary>
    public required string Rule { get; init; }

    /// <summary>What that rule says, as <see cref="OutcomeKind"/>.</summary>
    public required int RuleOutcome { get; init; }

    public required double RuleConfidence { get; init; }

    public required bool RuleIsDirect { get; init; }

    /// <summary>Whether it holds an assistant turn to learn from.</summary>
    public required bool Speaks { get; init; }

    /// <summary>How it counts, as <see cref="OutcomeKind"/>: the log's word until <see cref="Labelling.TaskLabels"/> decide.</summary>
    public required int Outcome { get; init; }

    /// <summary>See <see cref="Labelling.TaskLabel.MayTeach"/>.</summary>
    public required bool MayTeach { get; init; }

    public required int Turns { get; init; }

    /// <summary>Characters of its conversation, arguments of calls included.</summary>
    public required long Chars { get; init; }

    /// <summary>See <see cref="Deduplicating.Fingerprint.Content"/>.</summary>
    public required long Content { get; init; }

    /// <summary>See <see cref="Deduplicating.Fingerprint.Opening"/>.</summary>
    public required long? Opening { get; init; }

    /// <summary>See <see cref="Deduplicating.Fingerprint.Fork"/>.</summary>
    public required long? Fork { get; init; }

    /// <summary>See <see cref="Deduplicating.Fingerprint.Calls"/>.</summary>
    public required long[] Calls { get; init; }

    /// <summary>See <see cref="Deduplicating.Fingerprint.Signature"/>.</summary>
    public required int[] Signature { get; init; }

    /// <summary>Its tools, step by step (see <see cref="Patterns.ToolSequence"/>).</summary>
    public required string[] Tools { get; init; }

    /// <summary>Distinct words of its user that may stand in an intent; empty for an episode that has nothing to teach.</summary>
    public required string[] Words { get; init; }

    /// <summary>Commands that were run, each as <see cref="Cards.CommandRun.Write"/> writes it; for sessions alone.</summary>
    public required string[] Commands { get; init; }

    /// <summary>Files of the project that were looked at up to the first edit; for sessions alone.</summary>
    public required string[] FirstFiles { get; init; }

    /// <summary>For each of <see cref="FirstFiles"/> the tokens of what was looked at before it.</summary>
    public required int[] FirstFileTokens { get; init; }

    /// <summary>Files of the project that were changed; for sessions alone.</summary>
    public required string[] EditedFiles { get; init; }

    /// <summary>When the last of them was changed, where the log tells.</summary>
    public required DateTimeOffset? LastEdit { get; init; }

    /// <summary>Errors and what resolved them, each as <see cref="Cards.Recovery.Write"/> writes it; for sessions alone.</summary>
    public required string[] Recoveries { get; init; }

    /// <summary>What the user corrected, each as <see cref="Cards.Correction.Write"/> writes it; for sessions alone.</summary>
    public required string[] Corrections { get; init; }

    /// <summary>Tokens of its assistant turns in the base's vocabulary; 0 for an episode that has nothing to teach.</summary>
    public required int OutputTokens { get; init; }

    /// <summary>See <see cref="Labelling.TaskLabel.Confidence"/>; 1 until <see cref="Labelling.TaskLabels"/> decide.</summary>
    internal double LabelConfidence { get; init; } = 1;

    internal EpisodeId EpisodeId => new(Id);

    /// <summary>Of the episode as collected, which a task was cut out of.</summary>
    internal string Collected => EpisodeId.Collected.Value;

    internal OutcomeKind Kind => (OutcomeKind)Outcome;
}

/// <summary>The steps of an episode with the arguments of their calls: read only for the procedures that became patterns.</summary>
/// <param name="Steps">For each of <see cref="EpisodeDigest.Tools"/> its arguments, as <see cref="Patterns.StepTemplate"/> writes them.</param>
public sealed record EpisodeSteps(string Id, string[] Steps);

/// <summary>A digest and its steps, as they lie in one file.</summary>
public sealed record EpisodeDigestRow : EpisodeDigest
{
    /// <summary>See <see cref="EpisodeSteps.Steps"/>; empty for an episode that has nothing to teach.</summary>
    public required string[] Steps { get; init; }
}
