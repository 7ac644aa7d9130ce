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

    /// <summary>A gap of one line this short costs less than its marker.</summary>
    private const int MarkerChars = 40;

    /// <summary>Joins the lines to keep; a gap becomes one marker line, and markers that were there add up.</summary>
    public static string Join(IReadOnlyList<string> lines, bool[] keep)
    {
        var text = new StringBuilder();
        var gap = new Gap(0, 0, null);
        for (var i = 0; i < lines.Count; i++)
        {
            var marker = Marker.Match(lines[i]);
            if (marker.Success)
            {
                gap = new Gap(
                    gap.Lines + long.Parse(marker.Groups["lines"].ValueSpan, CultureInfo.InvariantCulture),
                    gap.Bytes + long.Parse(marker.Groups["bytes"].ValueSpan, CultureInfo.InvariantCulture),
                    null
                );
            }
            else if (keep[i])
            {
                gap.Close(text);
                gap = new Gap(0, 0, null);
                text.Append(lines[i]).Append('\n');
            }
            else
            {
                var only = gap.Lines == 0 ? lines[i] : null;
                gap = new Gap(gap.Lines + 1, gap.Bytes + Encoding.UTF8.GetByteCount(lines[i]) + 1, only);
            }
        }

        gap.Close(text);
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

    /// <param name="Only">The line left out, if it is one alone.</param>
    private readonly record struct Gap(long Lines, long Bytes, string? Only)
    {
        public void Close(StringBuilder text)
        {
            if (Only is { Length: <= MarkerChars })
            {
                text.Append(Only).Append('\n');
            }
            else if (Lines > 0)
            {
                text.Append(CultureInfo.InvariantCulture, $"[{Lines} lines, {Bytes} bytes left out]\n");
            }
        }
    }
}
