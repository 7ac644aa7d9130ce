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
