namespace Distiller.Registry;

/// <summary>One file of a release.</summary>
/// <param name="Path">Relative to the release's folder, with forward slashes.</param>
public sealed record ReleaseFile(string Path, string Sha256, long Bytes);
