using Distiller.Core;

namespace Distiller.Registry;

/// <summary>What a release was made from; written as <c>lineage.json</c>.</summary>
/// <param name="Artifacts">One per stage, in running order.</param>
/// <param name="Episodes">Sorted, each once.</param>
public sealed record ReleaseLineage(IReadOnlyList<StageArtifact> Artifacts, IReadOnlyList<EpisodeId> Episodes);
