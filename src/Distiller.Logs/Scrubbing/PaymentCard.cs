namespace Distiller.Logs.Scrubbing;

/// <summary>Card numbers: 13 to 19 digits beginning with 3 to 6 whose Luhn sum (ISO/IEC 7812-1) is a multiple of ten.</summary>
internal static class PaymentCard
{
    public static SecretFinding? At(string text, int at)
    {
        if (text[at] is < '3' or > '6')
        {
            return null;
        }

        Span<int> digits = stackalloc int[19];
        var count = 0;
        var separator = '\0';
        var end = at;
        for (var i = at; i < text.Length; i++)
        {
            var c = text[i];
            if (char.IsAsciiDigit(c))
            {
                if (count == digits.Length)
                {
                    return null;
                }

                digits[count++] = c - '0';
                end = i + 1;
            }
            else if (c is ' ' or '-' && i == end && (separator == '\0' || separator == c) && NextIsDigit(text, i))
            {
                separator = c;
            }
            else
            {
                break;
            }
        }

        var open = end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] is '_' or '-');
        return count >= 13 && !open && LuhnSum(digits[..count]) % 10 == 0
            ? new SecretFinding(at, end - at, "card")
            : null;
    }

    private static bool NextIsDigit(string text, int i) => i + 1 < text.Length && char.IsAsciiDigit(text[i + 1]);

    private static int LuhnSum(ReadOnlySpan<int> digits)
    {
        var sum = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            var twice = digits[^(i + 1)] * (1 + (i & 1));
            sum += twice > 9 ? twice - 9 : twice;
        }

        return sum;
    }
}
