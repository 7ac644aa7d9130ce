using System.Text.Json;

namespace Distiller.Lake;

/// <summary>The lineage of an artifact, as <c>artifact.json</c> beside its files.</summary>
public sealed record ArtifactManifest(
    string Kind,
    string Key,
    string Stage,
    string Version,
    JsonElement Settings,
    long Seed,
    IReadOnlyList<string> Inputs,
    IReadOnlyList<ArtifactFile> Files,
    DateTimeOffset Created
);
