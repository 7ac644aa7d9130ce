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
        var lines = output.Lines.Select(l => LeftOut.Characters(l, options.LineCharsMax)).ToList();
        return LeftOut.Middle(lines, options, keepErrors);
    }

    /// <summary>A file with line numbers, without the notes that a harness adds to every reading of one.</summary>
    public static string ReduceFile(ToolOutput output, ReductionOptions options)
    {
        var at = Array.FindIndex(output.Lines, l => l == "<system-reminder>");
        var end = Array.FindLastIndex(output.Lines, l => l == "</system-reminder>");
        var text =
            at > 0 && end > at ? string.Join('\n', [.. output.Lines[..at], .. output.Lines[(end + 1)..]]) : output.Text;
        return Reduce(new ToolOutput(text.TrimEnd('\n'), output.Tool, output.Command), options, keepErrors: false);
    }
}
