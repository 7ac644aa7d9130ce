using System.Buffers;

namespace Distiller.Scrubbing.Names;

/// <summary>Values in the column of their name: comma-separated lines, tables of Markdown, <c>INSERT</c> of SQL.</summary>
internal static class Columns
{
    private const int LineMax = 600;
    private const int RowsMax = 40;

    private static readonly SearchValues<char> s_header = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-. \"'`*/|,;\täöüßéèêíóúñçåøØÅÄÖÜ"
    );
    private static readonly SearchValues<char> s_rule = SearchValues.Create("|-: +");

    public static List<ValuePlace> Values(NamePlace place)
    {
        var text = place.Text;
        var left = Left(text, place.First);
        var right = Right(text, place.End);
        var before = left < 0 ? '\n' : text[left];
        var behind = right >= text.Length ? '\n' : text[right];
        if (before is '(' or ',' && behind is ',' or ')' && Inserted(text, place) is { Count: > 0 } inserted)
        {
            return inserted;
        }

        var delimiter =
            IsDelimiter(behind) ? behind
            : IsDelimiter(before) ? before
            : '\0';
        return
            delimiter != '\0'
            && (before == delimiter || before is '\n' or '\r')
            && (behind == delimiter || behind is '\n' or '\r')
            ? Below(text, place, delimiter)
            : [];
    }

    private static bool IsDelimiter(char c) => c is ',' or ';' or '\t' or '|';

    private static int Left(string text, int at)
    {
        at--;
        while (at >= 0 && text[at] is ' ' or '"' or '\'' or '`' or '*' or '[')
        {
            at--;
        }

        return at;
    }

    private static int Right(string text, int at)
    {
        while (at < text.Length && text[at] is ' ' or '"' or '\'' or '`' or '*' or ']')
        {
            at++;
        }

        return at;
    }

    private static List<ValuePlace> Below(string text, NamePlace place, char delimiter)
    {
        var from = Math.Max(0, place.Start - LineMax);
        var start = text.AsSpan(from, place.Start - from).LastIndexOf('\n') + 1;
        if (start == 0 && from > 0)
        {
            return [];
        }

        start += from;
        if (!Line(text, start, out var end) || text.AsSpan(start, end - start).ContainsAnyExcept(s_header))
        {
            return [];
        }

        var header = text.AsSpan(start, end - start);
        var column = text.AsSpan(start, place.Start - start).Count(delimiter);
        var columns = header.Count(delimiter);
        var values = new List<ValuePlace>();
        for (var rows = 0; rows < RowsMax && end < text.Length; rows++)
        {
            var row = end + 1;
            if (!Line(text, row, out end))
            {
                break;
            }

            var line = text.AsSpan(row, end - row);
            if (rows == 0 && line.Length > 0 && !line.ContainsAnyExcept(s_rule))
            {
                continue; // |---|---|, ----+----
            }

            if (line.Count(delimiter) != columns)
            {
                break;
            }

            if (Cell(line, column, delimiter) is var (at, length) && length > 0)
            {
                values.Add(
                    new ValuePlace(row + at, length, ValueStyle.Quoted, NeedsMixed: true, IsCell: delimiter == '|')
                );
            }
        }

        return values;
    }

    /// <summary>Whether a line of bounded length begins here.</summary>
    private static bool Line(string text, int start, out int end)
    {
        var ahead = text.AsSpan(start, Math.Min(LineMax, text.Length - start));
        var stop = ahead.IndexOf('\n');
        end = stop < 0 ? text.Length : start + stop;
        return ahead.Length > 0 && (stop >= 0 || ahead.Length < LineMax);
    }

    private static (int At, int Length) Cell(ReadOnlySpan<char> line, int column, char delimiter)
    {
        var at = 0;
        for (; column > 0; column--)
        {
            at += line[at..].IndexOf(delimiter) + 1;
        }

        var cell = line[at..];
        var stop = cell.IndexOf(delimiter);
        cell = stop < 0 ? cell : cell[..stop];
        var trimmed = cell.TrimStart(" \"'`*");
        at += cell.Length - trimmed.Length;
        trimmed = trimmed.TrimEnd(" \"'`*\r");
        return trimmed.ContainsAny(' ', '\t') ? (0, 0) : (at, trimmed.Length);
    }

    /// <summary><c>INSERT INTO t (a, password) VALUES ('x', 'v'), …</c></summary>
    private static List<ValuePlace> Inserted(string text, NamePlace place)
    {
        var from = Math.Max(0, place.Start - LineMax);
        var head = text.AsSpan(from, place.Start - from);
        var open = head.LastIndexOf('(');
        var ahead = text.AsSpan(place.End, Math.Min(LineMax, text.Length - place.End));
        var close = ahead.IndexOf(')');
        if (open < 0 || close < 0)
        {
            return [];
        }

        var at = place.End + close + 1;
        while (at < text.Length && char.IsWhiteSpace(text[at]))
        {
            at++;
        }

        const string values = "values";
        if (string.Compare(text, at, values, 0, values.Length, StringComparison.OrdinalIgnoreCase) != 0)
        {
            return [];
        }

        at += values.Length;
        var column = head[open..].Count(',');
        var found = new List<ValuePlace>();
        for (var rows = 0; rows < RowsMax; rows++)
        {
            while (at < text.Length && (char.IsWhiteSpace(text[at]) || text[at] == ','))
            {
                at++;
            }

            if (at >= text.Length || text[at] != '(' || !Tuple(text, ref at, column, found))
            {
                break;
            }
        }

        return found;
    }

    /// <summary>Reads <c>('x', 'v')</c> to its end.</summary>
    private static bool Tuple(string text, ref int at, int column, List<ValuePlace> found)
    {
        var end = Math.Min(text.Length, at + LineMax);
        for (at++; at < end; at++)
        {
            switch (text[at])
            {
                case '\'':
                    var start = at + 1;
                    var stop = text.AsSpan(start, end - start).IndexOf('\'');
                    if (stop < 0)
                    {
                        return false;
                    }

                    at = start + stop;
                    if (column == 0 && stop > 0)
                    {
                        found.Add(new ValuePlace(start, stop, ValueStyle.Quoted));
                    }

                    break;
                case ',':
                    column--;
                    break;
                case ')':
                    at++;
                    return true;
            }
        }

        return false;
    }
}
