namespace Distiller.Scrubbing.Names;

/// <summary>A value that a sentence names before what it is: <c>use "v" as the database password</c>, <c>try v for my passphrase</c>.</summary>
internal static class Spoken
{
    private const int WordsBetweenMax = 3;
    private const int WordMax = 64;

    private static readonly string[] s_as = ["as", "als", "comme", "como", "come", "jako", "som"];
    private static readonly string[] s_owners = ["the", "your", "my", "our", "its", "a", "this"];
    private static readonly string[] s_verbs =
    [
        "use",
        "using",
        "try",
        "enter",
        "type",
        "set",
        "take",
        "put",
        "with",
        "pick",
        "typed",
        "typing",
        "entered",
        "entering",
        "used",
        "tried",
        "gave",
        "chose",
        "picked",
        "have",
        "had",
    ];

    /// <param name="name">Where the name begins.</param>
    /// <returns>Null where nothing is said so.</returns>
    public static ValuePlace? Before(string text, int name)
    {
        var at = name;
        for (var i = 0; i <= WordsBetweenMax; i++)
        {
            var (start, length) = WordBefore(text, at);
            if (length == 0)
            {
                return null;
            }

            at = start;
            var owner = text.AsSpan(start, length);
            if (i == 0 && IsOneOf(owner, s_as))
            {
                return Subject(text, start); // It takes v as password.
            }

            if (IsOneOf(owner, s_owners))
            {
                return Value(text, at, isOne: owner is not ("a" or "this"));
            }
        }

        return null;
    }

    /// <param name="isOne">A certain one is spoken of: <c>a weak password</c> is none.</param>
    private static ValuePlace? Value(string text, int at, bool isOne)
    {
        var (link, length) = WordBefore(text, at);
        if (isOne && text.AsSpan(link, length) is "is" or "ist" or "was")
        {
            return Subject(text, link);
        }

        if (
            !text.AsSpan(link, length).Equals("as", StringComparison.OrdinalIgnoreCase)
            && !text.AsSpan(link, length).Equals("for", StringComparison.OrdinalIgnoreCase)
        )
        {
            return null;
        }

        var (start, valueLength) = WordBefore(text, link);
        var (verb, verbLength) = WordBefore(text, start);
        if (valueLength == 0 || !IsOneOf(text.AsSpan(verb, verbLength), s_verbs))
        {
            return null;
        }

        var value = text.AsSpan(start, valueLength);
        var trimmed = value.TrimStart("\"'`");
        start += value.Length - trimmed.Length;
        trimmed = trimmed.TrimEnd("\"'`");
        return trimmed.Length > 0 ? new ValuePlace(start, trimmed.Length, ValueStyle.Prose) : null;
    }

    /// <summary><c>v is the password</c>: only what no word is, since a sentence may begin like that.</summary>
    private static ValuePlace? Subject(string text, int link)
    {
        var (start, length) = WordBefore(text, link);
        var value = text.AsSpan(start, length);
        var trimmed = value.TrimStart("\"'`(");
        start += value.Length - trimmed.Length;
        trimmed = trimmed.TrimEnd("\"'`)");
        return trimmed.Length >= 6 && ValueLook.HasDigitAndLetter(trimmed)
            ? new ValuePlace(start, trimmed.Length, ValueStyle.Prose)
            : null;
    }

    /// <summary>The word before a blank; length 0 where there is none.</summary>
    private static (int Start, int Length) WordBefore(string text, int at)
    {
        if (at < 2 || text[at - 1] != ' ')
        {
            return (at, 0);
        }

        var end = at - 1;
        var start = end;
        while (start > 0 && end - start < WordMax && !char.IsWhiteSpace(text[start - 1]))
        {
            start--;
        }

        return (start, end - start);
    }

    private static bool IsOneOf(ReadOnlySpan<char> word, string[] words)
    {
        foreach (var one in words)
        {
            if (word.Equals(one, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
