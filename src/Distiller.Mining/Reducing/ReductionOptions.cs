using System.ComponentModel.DataAnnotations;

namespace Distiller.Mining.Reducing;

/// <summary>
/// Limits of the reducers. What is within them is left alone, so that reducing twice is reducing once.
/// </summary>
public sealed record ReductionOptions
{
    /// <summary>Outputs of fewer tokens are only freed of terminal codes.</summary>
    [Range(0, int.MaxValue)]
    public int TokensUntouchedMax { get; init; } = 64;

    /// <summary>Lines kept at the head of a long output.</summary>
    [Range(1, int.MaxValue)]
    public int HeadLines { get; init; } = 20;

    /// <summary>Lines kept at the tail of a long output.</summary>
    [Range(1, int.MaxValue)]
    public int TailLines { get; init; } = 15;

    /// <summary>Error lines kept from the middle of a long output.</summary>
    [Range(1, int.MaxValue)]
    public int ErrorLinesMax { get; init; } = 20;

    /// <summary>Characters of a line before it is shortened.</summary>
    [Range(100, int.MaxValue)]
    public int LineCharsMax { get; init; } = 600;

    /// <summary>Lines of a listing (files, matches, commits).</summary>
    [Range(3, int.MaxValue)]
    public int ListingLinesMax { get; init; } = 40;

    /// <summary>Matches shown per file of a search.</summary>
    [Range(1, int.MaxValue)]
    public int MatchesPerFileMax { get; init; } = 3;

    /// <summary>Items of a JSON array.</summary>
    [Range(2, int.MaxValue)]
    public int JsonItemsMax { get; init; } = 20;

    /// <summary>Characters of a JSON string.</summary>
    [Range(64, int.MaxValue)]
    public int JsonStringCharsMax { get; init; } = 400;

    /// <summary>Characters of a JSON document before arrays and strings are shortened further.</summary>
    [Range(100, int.MaxValue)]
    public int JsonCharsMax { get; init; } = 8_000;

    /// <summary>
    /// Lines of an output before its middle is left out. Head, tail, error lines and one marker beside each of
    /// them always fit, so an output that was cut is never cut again.
    /// </summary>
    internal int LinesMax => HeadLines + TailLines + (2 * ErrorLinesMax) + 1;
}
