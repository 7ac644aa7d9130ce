namespace Distiller.Core;

/// <summary>A place in an input: a file, or what else a user gives, such as an option of the command line.</summary>
/// <param name="File">The input's name.</param>
/// <param name="Line">1-based line, or 1-based record number in a file that has no lines; 0 for the input as a whole.</param>
public sealed record SourceLocation(string File, long Line)
{
    /// <summary>1-based, in <see cref="Line"/>; null where only the line is known.</summary>
    public long? Column { get; init; }

    /// <summary>An input without lines: <c>--device</c>, <c>$DISTILLER_TOKEN</c>.</summary>
    public static SourceLocation Option(string name) => new(name, 0);

    public override string ToString() =>
        Line == 0 ? File
        : Column is { } column ? $"{File}:{Line}:{column}"
        : $"{File}:{Line}";
}
