using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Distiller.Mining.Reducing;

/// <summary>Writes texts with parts left out, and says in their place how much that was.</summary>
internal static class LeftOut
{
    private static readonly Regex Marker = new(
        @"^\[(?<lines>\d{1,12}) lines, (?<bytes>\d{1,15}) bytes left out\]$",
        RegexOptions.NonBacktracking | RegexOptions.CultureInvariant
    );

    /// <summary>Joins the lines to keep; a gap becomes one marker line, and markers that were there add up.</summary>
    public static string Join(IReadOnlyList<string> lines, bool[] keep)
    {
        var text = new StringBuilder();
        long gapLines = 0;
        long gapBytes = 0;
        for (var i = 0; i < lines.Count; i++)
        {
            var marker = Marker.Match(lines[i]);
            if (marker.Success)
            {
                gapLines += long.Parse(marker.Groups["lines"].ValueSpan, CultureInfo.InvariantCulture);
                gapBytes += long.Parse(marker.Groups["bytes"].ValueSpan, CultureInfo.InvariantCulture);
            }
            else if (keep[i])
            {
                Flush(text, ref gapLines, ref gapBytes);
                text.Append(lines[i]).Append('\n');
            }
            else
            {
                gapLines++;
                gapBytes += Encoding.UTF8.GetByteCount(lines[i]) + 1;
            }
        }

        Flush(text, ref gapLines, ref gapBytes);
        return text.Length > 0 ? text.ToString(0, text.Length - 1) : "";
    }

    /// <summary>Keeps head and tail and the error lines between; a text within the limit stays as it is.</summary>
    public static string Middle(IReadOnlyList<string> lines, ReductionOptions options, bool keepErrors)
    {
        if (lines.Count <= options.LinesMax)
        {
            return string.Join('\n', lines);
        }

        var keep = new bool[lines.Count];
        var errors = 0;
        for (var i = 0; i < lines.Count; i++)
        {
            keep[i] = i < options.HeadLines || i >= lines.Count - options.TailLines;
            if (!keep[i] && keepErrors && errors < options.ErrorLinesMax && ErrorLine.Is(lines[i]))
            {
                keep[i] = true;
                errors++;
            }
        }

        return Join(lines, keep);
    }

    /// <summary>Keeps the first two thirds and the last third of at most <paramref name="max"/> lines, and errors.</summary>
    public static string Listing(IReadOnlyList<string> lines, int max, ReductionOptions options)
    {
        if (lines.Count <= max)
        {
            return string.Join('\n', lines);
        }

        var tail = (max - 1) / 3;
        var head = max - 1 - tail;
        var keep = new bool[lines.Count];
        var errors = 0;
        for (var i = 0; i < lines.Count; i++)
        {
            keep[i] =
                i < head || i >= lines.Count - tail || (ErrorLine.Is(lines[i]) && ++errors <= options.ErrorLinesMax);
        }

        return Join(lines, keep);
    }

    /// <summary>
    /// Shortens a text to at most <paramref name="max"/> characters: head, the first error lines of a text of many lines,
    /// tail.
    /// </summary>
    public static string Characters(string text, int max)
    {
        if (text.Length <= max)
        {
            return text;
        }

        var errors = FirstErrors(text, max / 3);
        var room = max - 32 - errors.Length;
        var tail = room / 3;
        var head = room - tail;
        if (char.IsHighSurrogate(text[head - 1]))
        {
            head--;
        }

        if (char.IsLowSurrogate(text[^tail]))
        {
            tail--;
        }

        return $"{text[..head]}[{text.Length - head - tail} chars left out]{errors}{text[^tail..]}";
    }

    private static string FirstErrors(string text, int max)
    {
        if (!text.Contains('\n', StringComparison.Ordinal))
        {
            return "";
        }

        var found = new StringBuilder();
        foreach (var range in text.AsSpan().Split('\n'))
        {
            var line = text[range];
            if (found.Length + line.Length + 2 <= max && ErrorLine.Is(line))
            {
                found.Append('\n').Append(line);
            }
        }

        return found.Length == 0 ? "" : found.Append('\n').ToString();
    }

    private static void Flush(StringBuilder text, ref long lines, ref long bytes)
    {
        if (lines > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"[{lines} lines, {bytes} bytes left out]\n");
        }

        lines = 0;
        bytes = 0;
    }
}
