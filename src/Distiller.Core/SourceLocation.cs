namespace Distiller.Core;

/// <summary>A place in an input file.</summary>
/// <param name="Line">1-based line, or 1-based record number in a file that has no lines; 0 for the file as a whole.</param>
public sealed record SourceLocation(string File, long Line)
{
    public override string ToString() => Line > 0 ? $"{File}:{Line}" : File;
}
