namespace Distiller.Mining.Reducing;

/// <summary>
/// Limits of the reducers. What is within them is left alone, so that reducing twice is reducing once.
/// </summary>
public sealed record ReductionOptions
{
    /// <summary>Outputs of fewer tokens are only freed of terminal codes; 0 or more.</summary>
    public int TokensUntouchedMax { get; init; } = 64;

    /// <summary>Lines kept at the head of a long output; at least 1.</summary>
    public int HeadLines { get; init; } = 20;

    /// <summary>Lines kept at the tail of a long output; at least 1.</summary>
    public int TailLines { get; init; } = 15;

    /// <summary>Error lines kept from the middle of a long output; at least 1.</summary>
    public int ErrorLinesMax { get; init; } = 20;

    /// <summary>Characters of a line before it is shortened; at least 100.</summary>
    public int LineCharsMax { get; init; } = 600;

    /// <summary>Lines of a listing (files, matches, commits); at least 3.</summary>
    public int ListingLinesMax { get; init; } = 40;

    /// <summary>Matches shown per file of a search; at least 1.</summary>
    public int MatchesPerFileMax { get; init; } = 3;

    /// <summary>Items of a JSON array; at least 2.</summary>
    public int JsonItemsMax { get; init; } = 20;

    /// <summary>Characters of a JSON string; at least 64.</summary>
    public int JsonStringCharsMax { get; init; } = 400;

    /// <summary>Characters of a JSON document before arrays and strings are shortened further; at least 100.</summary>
    public int JsonCharsMax { get; init; } = 8_000;

    /// <summary>
    /// Lines of an output before its middle is left out. Head, tail, error lines and one marker beside each of
    /// them always fit, so an output that was cut is never cut again.
    /// </summary>
    internal int LinesMax => HeadLines + TailLines + (2 * ErrorLinesMax) + 1;

    public void Check()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(TokensUntouchedMax);
        ArgumentOutOfRangeException.ThrowIfLessThan(HeadLines, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(TailLines, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(ErrorLinesMax, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(LineCharsMax, 100);
        ArgumentOutOfRangeException.ThrowIfLessThan(ListingLinesMax, 3);
        ArgumentOutOfRangeException.ThrowIfLessThan(MatchesPerFileMax, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(JsonItemsMax, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(JsonStringCharsMax, 64);
        ArgumentOutOfRangeException.ThrowIfLessThan(JsonCharsMax, 100);
    }
}
