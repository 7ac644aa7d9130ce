using System.Buffers;

namespace Distiller.Scrubbing.Finders;

/// <summary>Phone numbers, bank accounts (IBAN) and payment cards: numbers with a check digit or a distinctive form.</summary>
internal sealed class NumberFinder(FinderTypes types)
{
    private static readonly SearchValues<char> Starts = SearchValues.Create("+(0123456789");

    public void Find(string text, List<SecretFinding> findings)
    {
        var at = 0;
        while (at < text.Length && text.AsSpan(at).IndexOfAny(Starts) is >= 0 and var skip)
        {
            at += skip;
            if (char.IsAsciiDigit(text[at]) && Passed(text, at) is > 0 and var passed)
            {
                at += passed;
                continue;
            }

            var found =
                text[at] == '+' ? International(text, at)
                : text[at] == '(' ? National(text, at)
                : AtDigit(text, at);
            if (found is { } finding)
            {
                if (types[finding.Type] is { } type)
                {
                    findings.Add(finding with { Type = type });
                }

                at = finding.End;
            }
            else if (char.IsAsciiDigit(text[at]))
            {
                var rest = text.AsSpan(at).IndexOfAnyExceptInRange('0', '9');
                at = rest < 0 ? text.Length : at + rest;
            }
            else
            {
                at++;
            }
        }
    }

    /// <summary>How many digits begin nothing, since a name goes before them or they are too few; 0: they may.</summary>
    private static int Passed(string text, int at)
    {
        var before = at > 0 ? text[at - 1] : ' ';
        if (char.IsAsciiLetterUpper(before) && at > 1 && char.IsAsciiLetterUpper(text[at - 2]))
        {
            return 0; // An account.
        }

        const int groupLeast = 3;
        var end = at + 1;
        while (end < text.Length && char.IsAsciiDigit(text[end]))
        {
            end++;
        }

        return
            end - at < groupLeast
            || char.IsAsciiLetterOrDigit(before)
            || before is '_' or '-' or '.' or '#' or '/' or '$'
            ? end - at
            : 0;
    }

    private static SecretFinding? AtDigit(string text, int at)
    {
        if (at >= 2 && char.IsAsciiLetterUpper(text[at - 1]) && char.IsAsciiLetterUpper(text[at - 2]))
        {
            return Iban.At(text, at - 2);
        }

        if (
            at > 0
            && (char.IsAsciiLetterOrDigit(text[at - 1]) || text[at - 1] is '_' or '-' or '.' or '#' or '/' or '$')
        )
        {
            return null;
        }

        return PaymentCard.At(text, at)
            ?? (
                text[at] == '0' && at + 1 < text.Length && text[at + 1] == '0'
                    ? International(text, at)
                    : Area(text, at) ?? National(text, at)
            );
    }

    /// <summary><c>+49 151 2345678</c>, <c>+1 (555) 123-4567</c>, <c>0049 151 2345678</c>: 8 to 15 digits.</summary>
    private static SecretFinding? International(string text, int at)
    {
        var plus = text[at] == '+';
        var start = plus ? at + 1 : at + 2;
        if (start >= text.Length || text[start] is < '1' or > '9')
        {
            return null;
        }

        if (at > 0 && (char.IsAsciiLetterOrDigit(text[at - 1]) || text[at - 1] is '+' or '.' or '_' or '/'))
        {
            return null;
        }

        var (digits, groups, end) = Digits(text, start);
        // In a diff an added line begins with a plus, so a plus at the start of a line is no international prefix.
        var diff = plus && (at == 0 || text[at - 1] == '\n');
        var isDistinctive = plus && !diff ? digits >= 8 && (groups > 1 || digits >= 10) : groups > 1 && digits >= 9;
        // 00581361-6428-4999-a76e-… is an identifier.
        var goesOn = end + 1 < text.Length && text[end] is '-' or '_' && char.IsAsciiLetterOrDigit(text[end + 1]);
        // 00135000 08:02 is an offset in a memory map.
        var isHex =
            !plus && (text.AsSpan(at, end - at).IndexOfAny(" -.(") == 8 || end < text.Length && text[end] == ':');
        return digits <= 15 && (plus || !IsOrder(text, at)) && isDistinctive && !goesOn && !isHex
            ? new SecretFinding(at, end - at, "phone")
            : null;
    }

    /// <summary><c>order no. 0049-30-77120</c></summary>
    private static bool IsOrder(string text, int at)
    {
        const int wordsMax = 16;
        var before = text.AsSpan(Math.Max(0, at - wordsMax), Math.Min(at, wordsMax));
        return before.Contains("order", StringComparison.OrdinalIgnoreCase)
            || before.Contains("ticket", StringComparison.OrdinalIgnoreCase)
            || before.Contains("invoice", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary><c>0151-23456789</c>, <c>089/123456</c>: an area with its zero, and five to nine digits.</summary>
    private static SecretFinding? Area(string text, int at)
    {
        var rest = text.AsSpan(at);
        var area = rest.IndexOfAnyExceptInRange('0', '9');
        if (area is < 3 or > 5 || rest[0] != '0' || rest[1] == '0' || rest[area] is not ('-' or '/'))
        {
            return null;
        }

        var number = rest[(area + 1)..];
        var length = number.IndexOfAnyExceptInRange('0', '9');
        length = length < 0 ? number.Length : length;
        var end = area + 1 + length;
        var goesOn = end < rest.Length && (char.IsLetterOrDigit(rest[end]) || rest[end] is '-' or '_' or '/' or ':');
        return length is >= 5 and <= 9 && area + length >= 9 && !goesOn ? new SecretFinding(at, end, "phone") : null;
    }

    /// <summary><c>(555) 123-4567</c> and <c>555-123-4567</c>.</summary>
    private static SecretFinding? National(string text, int at)
    {
        var shape = text[at] == '(' ? "(ddd) ddd-dddd" : "ddd-ddd-dddd";
        if (text.Length - at < shape.Length)
        {
            return null;
        }

        for (var i = 0; i < shape.Length; i++)
        {
            var c = text[at + i];
            if (shape[i] == 'd' ? !char.IsAsciiDigit(c) : c != shape[i])
            {
                return null;
            }
        }

        var end = at + shape.Length;
        var open = end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] is '-' or '_');
        return open ? null : new SecretFinding(at, shape.Length, "phone");
    }

    /// <summary>Counts digits in groups that single separators divide.</summary>
    private static (int Digits, int Groups, int End) Digits(string text, int start)
    {
        var (digits, groups, end) = (0, 0, start);
        var inGroup = false;
        for (var i = start; i < text.Length && digits <= 15; i++)
        {
            if (char.IsAsciiDigit(text[i]))
            {
                digits++;
                groups += inGroup ? 0 : 1;
                inGroup = true;
                end = i + 1;
            }
            else if (text[i] is ' ' or '-' or '.' or '(' or ')' && i - end < 2)
            {
                inGroup = false;
            }
            else
            {
                // A letter right behind: an identifier, not a number.
                return i == end && (char.IsAsciiLetter(text[i]) || text[i] == '_')
                    ? (0, 0, end)
                    : (digits, groups, end);
            }
        }

        return (digits, groups, end);
    }
}
