namespace Distiller.Lake;

/// <summary>A file of an artifact.</summary>
/// <param name="Name">Relative to the artifact's folder, with forward slashes.</param>
/// <param name="Sha256">64 lower-case hex digits.</param>
public sealed record ArtifactFile(string Name, long Bytes, string Sha256);
