namespace Distiller.Jobs.Keeping;

/// <summary>Something that nothing needs any more.</summary>
/// <param name="Kind">Of the artifact, <c>work</c> or <c>leftover</c>.</param>
/// <param name="Path">Relative to the workspace.</param>
/// <param name="Why">In words for a person.</param>
public sealed record GarbageItem(string Kind, string Path, long Bytes, string Why);
