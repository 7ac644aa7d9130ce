namespace Distiller.Scrubbing.Finders;

/// <summary>
/// Card numbers: of the beginnings and lengths that the brands issue, with a Luhn sum (ISO/IEC 7812-1) that is a multiple of
/// ten. Visa's 13 digits are no longer issued, and order numbers and times have as many.
/// </summary>
internal static class PaymentCard
{
    public static SecretFinding? At(string text, int at)
    {
        if (text[at] is < '2' or > '6')
        {
            return null;
        }

        Span<int> digits = stackalloc int[19];
        var count = 0;
        var separator = '\0';
        var (end, group) = (at, at);
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
                (separator, group) = (c, i);
            }
            else
            {
                break;
            }
        }

        if (separator != '\0' && end < text.Length && text[end] == '/' && end - group <= 3)
        {
            // 4000 0025 0000 3155 04/28: the month of its expiry.
            count -= end - group - 1;
            end = group;
        }

        var open = end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] is '_' or '-');
        return
            !open
            && IsIssued(digits[..count])
            && LuhnSum(digits[..count]) % 10 == 0
            && (separator != '\0' || !IsNumbered(text, at))
            ? new SecretFinding(at, end - at, "card")
            : null;
    }

    /// <summary>Beginnings and lengths by brand, from the brands' published ranges.</summary>
    private static bool IsIssued(ReadOnlySpan<int> digits)
    {
        if (digits.Length < 14)
        {
            return false;
        }

        var (two, four) = (
            (digits[0] * 10) + digits[1],
            (digits[0] * 1000) + (digits[1] * 100) + (digits[2] * 10) + digits[3]
        );
        return digits.Length switch
        {
            14 => two is 36 or 38 or 39 || four / 10 is >= 300 and <= 305,
            15 => two is 34 or 37,
            16 => digits[0] == 4
                || two is >= 50 and <= 69
                || four is >= 2221 and <= 2720
                || four is >= 3528 and <= 3589
                || four is >= 2200 and <= 2204,
            _ => digits[0] == 4 && digits.Length == 19 || two is 62 or 81 || two is 50 or >= 56 and <= 69,
        };
    }

    /// <summary>Words before it say that it numbers something: <c>order 4000056655665556</c>.</summary>
    private static bool IsNumbered(string text, int at)
    {
        const int wordsMax = 24;
        var before = text.AsSpan(Math.Max(0, at - wordsMax), Math.Min(at, wordsMax));
        before = before[(before.LastIndexOf('\n') + 1)..];
        foreach (
            var word in (ReadOnlySpan<string>)
                [
                    "pan=",
                    "pan: ",
                    "pan\":\"",
                    "pan\": \"",
                    "card\":\"",
                    "ardNumber\":\"",
                    "number\":\"",
                    "card ",
                    "card: ",
                    "number ",
                    "cc ",
                ]
        )
        {
            if (before.EndsWith(word, StringComparison.OrdinalIgnoreCase))
            {
                return before.EndsWith("order number ", StringComparison.OrdinalIgnoreCase);
            }
        }

        foreach (
            var word in (ReadOnlySpan<string>)
                [
                    "order",
                    "invoice",
                    "tracking",
                    "ticket",
                    "timestamp",
                    "build",
                    "job",
                    "request",
                    "trace",
                    "ISBN",
                    "EAN",
                    "serial",
                    "_id",
                    " id",
                    "Id\"",
                    "id=",
                ]
        )
        {
            if (before.Contains(word, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
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
