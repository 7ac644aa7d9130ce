namespace Distiller.Jobs;

/// <summary>Sizes of the two GGUF files.</summary>
public sealed record AdapterBytes(long F16, long Int4);
