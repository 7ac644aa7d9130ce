using Distiller.Core;

namespace Distiller.Registry;

/// <summary>What is to be published. The files stay where they are; the release holds copies.</summary>
public sealed record ReleaseDraft
{
    public required string Name { get; init; }

    public required BaseModel Base { get; init; }

    public required string AdapterF16Path { get; init; }

    public required string AdapterInt4Path { get; init; }

    /// <summary>Folder with the adapter in PEFT's form.</summary>
    public required string PeftFolder { get; init; }

    /// <summary>The adapter's own manifest: settings, per-tensor INT4 errors.</summary>
    public required string ManifestPath { get; init; }

    public required string EvaluationPath { get; init; }

    public required string ReportPath { get; init; }

    /// <summary>One per stage, in running order.</summary>
    public required IReadOnlyList<StageArtifact> Artifacts { get; init; }

    /// <summary>Every episode the adapter learned from; order and repetition do not matter.</summary>
    public required IReadOnlyCollection<EpisodeId> Episodes { get; init; }

    public required string ToolVersion { get; init; }

    /// <inheritdoc cref="Release.Gate"/>
    public ReleaseGate? Gate { get; init; }

    /// <inheritdoc cref="Release.Canary"/>
    public ReleaseCanary? Canary { get; init; }

    /// <inheritdoc cref="Release.Routing"/>
    public RoutingVerdict? Routing { get; init; }

    /// <inheritdoc cref="Release.Plan"/>
    public ReleasePlan? Plan { get; init; }

    /// <summary>A <see cref="LearntContext"/> as JSON; null: what the adapter learnt of no document is known.</summary>
    public string? ContextPath { get; init; }

    /// <summary>
    /// The SHA-256 that each file must have, by path. Where any is told, a copy of another hash or of a file that is not
    /// named here is refused.
    /// </summary>
    public IReadOnlyDictionary<string, string> RecordedSha256 { get; init; } =
        new Dictionary<string, string>(StringComparer.Ordinal);
}
