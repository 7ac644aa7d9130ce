namespace Distiller.Logs.Reading;

/// <summary>A file to collect.</summary>
/// <param name="Path">As the user named it, or the folder it was found in.</param>
internal sealed record SourceFile(string Path, long Bytes);
