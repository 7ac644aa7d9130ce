using System.Text.RegularExpressions;

namespace Distiller.Mining.Reducing;

/// <summary>For everything else: head and tail, the error lines between, and long lines shortened.</summary>
internal static class HeadTailReducer
{
    private static readonly Regex NumberedLine = new(
        @"^\s*\d+(?:→|\t|\| )",
        RegexOptions.NonBacktracking | RegexOptions.CultureInvariant
    );

    /// <summary>A file shown with line numbers: the word "error" in its lines is source, not a failure.</summary>
    public static bool IsNumberedFile(ToolOutput output) =>
        output.Lines.Count(l => NumberedLine.IsMatch(l)) * 10 >= output.Lines.Length * 7;

    public static string Reduce(ToolOutput output, ReductionOptions options, bool keepErrors)
    {
        var lines = Array.ConvertAll(output.Lines, l => LeftOut.Characters(l, options.LineCharsMax));
        return LeftOut.Middle(lines, options, keepErrors);
    }
}
