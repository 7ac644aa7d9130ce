namespace Distiller.Lake;

/// <summary>What an artifact is made of and how; equal recipes make equal artifacts.</summary>
/// <param name="Stage">The stage that makes it, for example <c>mine</c>.</param>
/// <param name="Version">Of the stage's algorithm; raised when the same inputs would give other results.</param>
/// <param name="Settings">The stage's options, serialised to JSON; everything that changes the result, nothing else.</param>
/// <param name="Inputs">Keys of the artifacts (or snapshot ids, file hashes) it is made from, in a fixed order.</param>
public sealed record ArtifactRecipe(
    string Stage,
    string Version,
    object Settings,
    long Seed,
    IReadOnlyList<string> Inputs
)
{
    /// <summary>The first 16 hex digits of SHA-256 over the kind and the canonical recipe.</summary>
    public string Key(string kind) =>
        CanonicalJson.Hash(
            new
            {
                kind,
                stage = Stage,
                version = Version,
                settings = Settings,
                seed = Seed,
                inputs = Inputs,
            }
        )[..16];
}
