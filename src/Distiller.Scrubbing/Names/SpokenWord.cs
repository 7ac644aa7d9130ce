using System.Buffers;

namespace Distiller.Scrubbing.Names;

/// <summary>A word of a sentence, without the quotes and stops around it.</summary>
/// <param name="HasBang">The exclamation mark at its end belongs to it.</param>
/// <param name="EndsClause">A stop or the end of the line stands behind it, or a word that begins another clause.</param>
/// <param name="EndsSentence">What follows is another sentence.</param>
internal readonly record struct SpokenWord(
    int Start,
    int Length,
    bool IsQuoted,
    bool HasBang,
    bool EndsClause,
    bool EndsSentence
)
{
    /// <summary>Shorter ones are types of GraphQL: <c>String!</c>.</summary>
    private const int BangLeast = 9;

    private static readonly SearchValues<char> s_quotes = SearchValues.Create("\"'`“”‘’„«»*");
    private static readonly string[] s_clauses =
    [
        " and ",
        " but ",
        " or ",
        " und ",
        " et ",
        " y ",
        " e ",
        " en ",
        " och ",
        " og ",
        " (",
        " -",
        " –",
        " —",
    ];

    /// <param name="start">Where it begins, behind a blank.</param>
    /// <param name="end">Where the next blank stands.</param>
    public static SpokenWord Of(string text, int start, int end)
    {
        var (from, to) = (start, end);
        while (from < to && (s_quotes.Contains(text[from]) || text[from] is '(' or '['))
        {
            from++;
        }

        var isQuoted = from > start && s_quotes.Contains(text[from - 1]);
        var stops = to;
        while (
            stops > from && text[stops - 1] is '.' or ',' or ';' or ':' or ')' or ']'
            || stops > from && s_quotes.Contains(text[stops - 1])
        )
        {
            stops--;
        }

        // An exclamation mark before a comma, or before a small letter, ends no sentence.
        var isBang =
            stops > from
            && text[stops - 1] == '!'
            && stops - from >= BangLeast
            && (
                stops < to && text[stops] is ',' or ';' or ':' or ')'
                || stops == to && end + 1 < text.Length && text[end] == ' ' && char.IsLower(text[end + 1])
            );
        var last = text[end - 1];
        var ends = last is '.' or '!' or '?' && end - stops <= 2;
        return new SpokenWord(
            from,
            Math.Max(0, stops - from),
            isQuoted && stops < to && text.AsSpan(stops, to - stops).ContainsAny(s_quotes),
            isBang,
            stops < to && last is '.' or ',' or ';' or ')' or '!'
                || end >= text.Length
                || text[end] is '\n' or '\r'
                || BeginsClause(text, end),
            ends
        );
    }

    private static bool BeginsClause(string text, int at)
    {
        foreach (var word in s_clauses)
        {
            if (string.CompareOrdinal(text, at, word, 0, word.Length) == 0)
            {
                return true;
            }
        }

        return false;
    }
}
