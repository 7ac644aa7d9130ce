namespace Distiller.Core;

/// <summary>
/// Input that cannot be used: a file, a line, a setting. Says which, where, and what to do about it.
/// The command line turns it into exit code 3.
/// </summary>
public sealed class BadInputException : Exception
{
    public BadInputException(SourceLocation place, string reason, string remedy, Exception? inner = null)
        : base($"{place}: {reason} {remedy}", inner)
    {
        Place = place;
        Reason = reason;
        Remedy = remedy;
    }

    public SourceLocation Place { get; }

    /// <summary>One sentence: what is wrong.</summary>
    public string Reason { get; }

    /// <summary>One sentence: what the user can do.</summary>
    public string Remedy { get; }
}

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

/// <summary>A record that could not be read, kept with the reason so that nothing is lost silently.</summary>
/// <param name="Sha256">Of the record's raw bytes (or of the file's head when the whole file is refused).</param>
/// <param name="Excerpt">The first characters of the record, scrubbed of secrets.</param>
public sealed record QuarantinedRecord(
    SourceLocation Place,
    string Format,
    string Reason,
    string Remedy,
    string Sha256,
    string Excerpt
)
{
    /// <summary>Whose log it is from; null where an earlier version did not note it.</summary>
    public string? Tenant { get; init; }
}
