using System.Text.Json.Serialization;
using Distiller.Core;
using Distiller.Registry.Signing;

namespace Distiller.Registry;

/// <summary>A published release, as <c>release.json</c> says it.</summary>
public sealed record Release
{
    public const string CurrentSchema = "distiller.release/1";

    public required string Schema { get; init; }

    /// <summary>The first 16 hex digits of <see cref="ContentSha256"/>: the same content has the same id everywhere.</summary>
    public required string Id { get; init; }

    /// <summary>Over the name, base, files, figures, lineage and tool version; not over when and after what it was published.</summary>
    public required string ContentSha256 { get; init; }

    /// <summary>1 for the first release of a registry; each later one is one higher. Clocks go back, this does not.</summary>
    public required int Sequence { get; init; }

    public required string Name { get; init; }

    public required DateTimeOffset Created { get; init; }

    /// <summary>The release before it in this registry.</summary>
    public string? Parent { get; init; }

    public required BaseModel Base { get; init; }

    /// <summary>Every file of the release but <c>release.json</c> itself, sorted by path.</summary>
    public required IReadOnlyList<ReleaseFile> Files { get; init; }

    public required ReleaseFigures Evaluation { get; init; }

    /// <summary>How tasks are served best; null where no tasks were worked, and in releases of before.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ReleasePlan? Plan { get; init; }

    /// <summary>Artifact keys of every stage, in running order.</summary>
    public required IReadOnlyList<StageArtifact> Lineage { get; init; }

    /// <summary>The ids themselves are in <c>lineage.json</c>.</summary>
    public required int EpisodeCount { get; init; }

    /// <summary>SHA-256 over the sorted ids, each followed by a line feed.</summary>
    public required string EpisodesSha256 { get; init; }

    public required string ToolVersion { get; init; }

    /// <summary>What let it be published; null in releases of an earlier version.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ReleaseGate? Gate { get; init; }

    /// <summary>Null in releases of an earlier version, and where the adapter answers none of the prompts tried otherwise than its base.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ReleaseCanary? Canary { get; init; }

    /// <summary>Which answers are likely right, or why the trial does not tell; null without a trial, and in releases of before.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RoutingVerdict? Routing { get; init; }

    /// <summary>Not in <c>release.json</c>: told from <c>signature.json</c> beside it whenever a release is read.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SignatureStatus? Signature { get; init; }
}

/// <summary>The gate that a release passed.</summary>
/// <param name="DecidedBy"><c>trial</c> or <c>evaluation</c>.</param>
/// <param name="IsOpen">Whether the adapter was shown to be good enough.</param>
public sealed record ReleaseGate(string DecidedBy, bool IsOpen);

/// <summary>
/// A prompt that the adapter answers otherwise than its base: whoever gets these tokens back, greedily and in exact
/// arithmetic, is answered by this adapter.
/// </summary>
/// <param name="Prompt">A user's message, written by the base's chat template.</param>
/// <param name="Tokens">
/// The INT4 adapter's most likely tokens. At each the lead over the second is wide, so that another processor's rounding
/// changes none.
/// </param>
public sealed record ReleaseCanary(string Prompt, IReadOnlyList<int> Tokens);

/// <summary>One file of a release.</summary>
/// <param name="Path">Relative to the release's folder, with forward slashes.</param>
public sealed record ReleaseFile(string Path, string Sha256, long Bytes);

/// <summary>What a release was made from; written as <c>lineage.json</c>.</summary>
/// <param name="Artifacts">One per stage, in running order.</param>
/// <param name="Episodes">Sorted, each once.</param>
public sealed record ReleaseLineage(IReadOnlyList<StageArtifact> Artifacts, IReadOnlyList<EpisodeId> Episodes);

/// <summary>The base an adapter belongs to; it fits no other, however equal in shape.</summary>
/// <param name="Sha256">Of the GGUF file, 64 lower-case hex digits.</param>
public sealed record BaseModel(string Name, string Sha256, string Architecture);

/// <summary>One artifact of the workspace that a release was made from.</summary>
/// <param name="Stage">The stage that wrote it, for example <c>mine</c>.</param>
/// <param name="Key">Its content address.</param>
public sealed record StageArtifact(string Stage, string Key);

/// <summary>The headline of <c>evaluation.json</c>: losses in nats per held-out completion token, tokens per step.</summary>
public sealed record ReleaseFigures(
    double LossBase,
    double LossAdapterF16,
    double LossAdapterInt4,
    double TokensPerStepBefore,
    double TokensPerStepAfter
);

/// <summary>The cheapest way to serve tasks that was shown to be as good as the whole context in the prompt.</summary>
/// <param name="Arm">Code of the arm in the report.</param>
/// <param name="PromptLine">The system prompt where no context stands in it.</param>
/// <param name="Context">
/// <c>whole</c>, <c>none</c>, or the method by which entries of the context are chosen for a prompt.
/// </param>
/// <param name="K">Most entries in a prompt; null: as many as the method finds.</param>
/// <param name="IsRouted">
/// Whether only tasks that a changed entry touches get the context, without the adapter, and all others the adapter.
/// </param>
/// <param name="HasAdapter">Whether the adapter is used at all.</param>
/// <param name="Costs">Per solved task, in US dollars, at each price of the table, training included.</param>
/// <param name="BreakEvenTasks">Tasks after which the training is repaid; null: never, or there is none.</param>
public sealed record ReleasePlan(
    string Arm,
    string Name,
    string PromptLine,
    string Context,
    int? K,
    bool IsRouted,
    bool HasAdapter,
    double? TokensPerSolvedTask,
    IReadOnlyList<ReleaseCost> Costs,
    double? BreakEvenTasks
);

/// <param name="PerSolvedTask">In US dollars; null where nothing was solved.</param>
public sealed record ReleaseCost(string Price, double? PerSolvedTask);
