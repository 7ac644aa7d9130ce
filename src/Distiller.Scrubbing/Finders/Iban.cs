namespace Distiller.Scrubbing.Finders;

/// <summary>International bank account numbers (ISO 13616): the country's length and the remainder 1 modulo 97.</summary>
internal static class Iban
{
    private static readonly Dictionary<string, int> Lengths = new(StringComparer.Ordinal)
    {
        ["AD"] = 24,
        ["AE"] = 23,
        ["AT"] = 20,
        ["BE"] = 16,
        ["BG"] = 22,
        ["CH"] = 21,
        ["CY"] = 28,
        ["CZ"] = 24,
        ["DE"] = 22,
        ["DK"] = 18,
        ["EE"] = 20,
        ["ES"] = 24,
        ["FI"] = 18,
        ["FR"] = 27,
        ["GB"] = 22,
        ["GR"] = 27,
        ["HR"] = 21,
        ["HU"] = 28,
        ["IE"] = 22,
        ["IL"] = 23,
        ["IS"] = 26,
        ["IT"] = 27,
        ["LI"] = 21,
        ["LT"] = 20,
        ["LU"] = 20,
        ["LV"] = 21,
        ["MC"] = 27,
        ["MT"] = 31,
        ["NL"] = 18,
        ["NO"] = 15,
        ["PL"] = 28,
        ["PT"] = 25,
        ["RO"] = 24,
        ["SA"] = 24,
        ["SE"] = 24,
        ["SI"] = 19,
        ["SK"] = 24,
        ["SM"] = 27,
        ["TR"] = 26,
        ["UA"] = 29,
    };

    public static SecretFinding? At(string text, int at)
    {
        if (
            at > 0 && char.IsAsciiLetterOrDigit(text[at - 1])
            || !Lengths.TryGetValue(text.Substring(at, 2), out var length)
        )
        {
            return null;
        }

        Span<char> account = stackalloc char[length];
        var count = 0;
        var i = at;
        for (; i < text.Length && count < length; i++)
        {
            var c = text[i];
            if (char.IsAsciiDigit(c) || char.IsAsciiLetterUpper(c))
            {
                account[count++] = c;
            }
            else if (c != ' ' || count % 4 != 0)
            {
                return null;
            }
        }

        var open = i < text.Length && char.IsAsciiLetterOrDigit(text[i]);
        return count == length && !open && Remainder(account) == 1 ? new SecretFinding(at, i - at, "iban") : null;
    }

    /// <summary>Of the number that the account makes when its first four characters stand last and A is 10, B is 11.</summary>
    private static int Remainder(ReadOnlySpan<char> account)
    {
        var remainder = 0;
        for (var i = 0; i < account.Length; i++)
        {
            var c = account[(i + 4) % account.Length];
            remainder = char.IsAsciiDigit(c)
                ? ((remainder * 10) + c - '0') % 97
                : ((remainder * 100) + c - 'A' + 10) % 97;
        }

        return remainder;
    }
}
