namespace Distiller.Gguf;

/// <summary>The base model that an export belongs to.</summary>
public sealed record ManifestBase(string Sha256, string Architecture, string Name);
