namespace Distiller.Gguf;

/// <summary>A file of an export.</summary>
/// <param name="Path">Relative to the manifest's folder, with forward slashes.</param>
/// <param name="Sha256">Lower-case hexadecimal.</param>
public sealed record ManifestFile(string Path, string Sha256, long Bytes);
