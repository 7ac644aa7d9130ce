namespace Distiller.Scrubbing.Names;

/// <summary>The words that part a name from its value in a sentence: <c>the password for bob is now v</c>.</summary>
internal static class SentenceVerb
{
    private const int SentenceMax = 80;
    private const int StrongLeast = 6;

    private static readonly HashSet<string> s_verbs = new(StringComparer.OrdinalIgnoreCase)
    {
        "is",
        "was",
        "are",
        "equals",
        "becomes",
        "to",
        "now",
        "lautet",
        "ist",
        "war",
        "est",
        "es",
        "era",
        "é",
        "sera",
        "será",
        "è",
        "jest",
        "wordt",
        "as",
        "being",
        "changed",
        "set",
        "reset",
        "updated",
        "rotated",
        "still",
        "just",
        "called",
        "simply",
        "be",
        "it's",
        "got",
        "wurde",
        "auf",
        "är",
        "er",
        "je",
        "este",
        "foi",
        "sarà",
        "heißt",
        "geändert",
        "nueva",
        "nuevo",
        "neu",
        "currently",
        "temporarily",
        "your",
        "this",
        "new",
        "c'est",
        "d'ordine",
        "d'accès",
        "d'accesso",
    };

    public static bool IsVerb(ReadOnlySpan<char> word) =>
        s_verbs.GetAlternateLookup<ReadOnlySpan<char>>().Contains(word);

    /// <summary>Behind the verb of the sentence; where there is none, here.</summary>
    public static int Behind(string text, int at)
    {
        var end = Math.Min(text.Length, at + SentenceMax);
        var verbs = -1;
        var words = 0;
        var isDone = false;
        for (var i = at; i < end && words < 6; words++)
        {
            if (text[i] is '(' or '[')
            {
                // A remark: Secret Access Key [None]: …
                var close = text.AsSpan(i, end - i).IndexOfAny(')', ']');
                if (close > 0 && close < 24 && i + close + 1 < text.Length && text[i + close + 1] is ':' or '=')
                {
                    return Sign.Skip(text, i + close + 2);
                }
            }

            var stop = i;
            while (
                stop < end
                && (char.IsLetterOrDigit(text[stop]) || text[stop] is '-' or '_' or '\'' or '.' or '@' or '`' or '"')
            )
            {
                stop++;
            }

            if (stop == i)
            {
                return text[i] is '=' or ':' && (verbs < 0 || i + 1 < end && text[i + 1] == ' ')
                    ? Sign.Skip(text, i + 1)
                    : Math.Max(verbs, verbs < 0 ? at : verbs);
            }

            var isVerb = IsVerb(text.AsSpan(i, stop - i));
            if (words == 0 && stop - i >= StrongLeast && ValueLook.HasDigitAndLetter(text.AsSpan(i, stop - i)))
            {
                return i; // The password v is wrong.
            }

            if (verbs >= 0 && !isVerb)
            {
                if (ValueLook.HasDigitAndLetter(text.AsSpan(i, stop - i)) || text[i] is '"' or '`')
                {
                    return verbs;
                }

                isDone = true; // "is generated for bob: v": a colon may come.
            }

            i = stop;
            var isColon = i < end && text[i] == ':' && i + 1 < text.Length && text[i + 1] is ' ';
            if (isColon)
            {
                return Sign.Skip(text, i + 1);
            }

            if (isVerb && i + 1 < end && text[i] == ',' && text[i + 1] == ' ')
            {
                i++; // It was reset, it's now v.
            }

            if (i >= end || text[i] != ' ')
            {
                return verbs >= 0 ? verbs : at;
            }

            i = Sign.Skip(text, i);
            if (isVerb && !isDone)
            {
                verbs = i;
            }
        }

        return verbs >= 0 ? verbs : at;
    }
}
