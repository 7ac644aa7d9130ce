using Distiller.Scrubbing.Names;

namespace Distiller.Scrubbing.Finders;

/// <summary>How closely what comes next hangs together with the name of a password.</summary>
/// <param name="Text">With the word before up to <paramref name="At"/>.</param>
/// <param name="Since">Words since the name; null: none was named in this sentence.</param>
/// <param name="IsSaid">A verb or a sign stands directly before.</param>
/// <param name="IsAddress">An address stands directly before, or a user between quotes.</param>
/// <param name="IsUserName">A small word stands directly before.</param>
/// <param name="IsPair">One of these and what joins it to what follows.</param>
internal readonly record struct Tie(
    string Text,
    int At,
    int? Since = null,
    bool IsSaid = false,
    bool IsAddress = false,
    bool IsUserName = false,
    bool IsPair = false
)
{
    private const int LabelMost = 24;

    /// <summary>Words that may part the name of a password from a word that things are called by, too.</summary>
    private const int TiedWordsMax = 12;

    /// <summary>Whether a word that was made up, but not for certain, is the password that was named.</summary>
    public bool Holds(SpokenWord word, ReadOnlySpan<char> value) =>
        IsPair && (value.ContainsAnyInRange('0', '9') || value.ContainsAnyInRange('A', 'Z') || word.IsQuoted)
        || Since is <= TiedWordsMax
            && (word.EndsClause || word.IsQuoted || IsSaid || Since == 0 && MadeWord.IsWordAndNumber(value));

    /// <summary>For a word that things are called by: only where the sentence can mean nothing else.</summary>
    public bool HoldsName(SpokenWord word) =>
        IsPair && word.EndsClause
        || Since is <= TiedWordsMax && (IsSaid || word.IsQuoted) && (word.IsQuoted || word.EndsClause);

    /// <summary>As it is behind a word that ends at <paramref name="end"/>.</summary>
    public Tie Behind(SpokenWord word, int end)
    {
        // A name of several words ends with this one.
        var from = Math.Max(0, end - LabelMost);
        var seen = Text.AsSpan(from, Math.Min(end + 1, Text.Length) - from);
        var last = -1;
        for (
            var at = 0;
            at < seen.Length && seen[at..].IndexOfAny(ToldWords.AnyPassword) is >= 0 and var skip;
            at = last + 1
        )
        {
            last = at + skip;
        }

        var raw = Text.AsSpan(At, end - At).Trim();
        var isNamed =
            last >= 0
            && !ToldWords.IsPlaceholder(seen, last)
            && from + last >= At - LabelMost
            && !seen[last..].Contains('\n')
            && IsIn(raw, seen[last..]);
        var isWith = raw is "and" or "und" or "en" or "et" or "y" or "e" or "og" or "och" or "i" or "with" or "mit";
        return new Tie(
            Text,
            end,
            raw.ContainsAny(ToldWords.NoPasswords) || raw is "unter" or "under" or "in" or "called" or "named" or "at"
                    ? null
                : isNamed ? 0
                : word.EndsSentence ? null
                : Since + 1,
            IsSaid: IsTie(raw) || isNamed && raw.EndsWith("s", StringComparison.Ordinal),
            IsAddress: raw.Contains('@') && raw.Contains('.')
                || raw.Contains('=') && raw.Contains(',')
                || word.IsQuoted && IsUser(raw),
            IsUserName: IsUser(raw),
            IsPair: raw is "/" && (IsAddress || IsUserName) || IsAddress && isWith
        );
    }

    /// <summary>A verb, or a sign, that says: what follows is it.</summary>
    private static bool IsTie(ReadOnlySpan<char> raw) =>
        SentenceVerb.IsVerb(raw)
        || raw
            is "heißt"
                or "expects"
                or "key"
                or "with"
                or "para"
                or "naar"
                or "till"
                or "til"
                or "type"
                or "enter"
                or "-"
                or "–"
                or "—"
                or "->"
                or "→"
        || raw.Length > 0 && raw[^1] is ':' or '=' or '：';

    /// <summary>One small word, as users are called: <c>opsview / v</c>, <c>`guest2` with `v`</c>.</summary>
    private static bool IsUser(ReadOnlySpan<char> raw)
    {
        raw = raw.Trim("`\"'(");
        return raw.Length is >= 2 and <= 24
            && !raw.ContainsAnyExcept(ToldWords.User)
            && char.IsAsciiLetterLower(raw[0])
            && !SentenceVerb.IsVerb(raw);
    }

    /// <summary>Whether the label that was seen last reaches into the word that was read last.</summary>
    private static bool IsIn(ReadOnlySpan<char> raw, ReadOnlySpan<char> label)
    {
        foreach (var name in ToldWords.Passwords)
        {
            if (label.StartsWith(name, StringComparison.OrdinalIgnoreCase))
            {
                return label.Length - name.TrimEnd().Length <= raw.Length;
            }
        }

        return false;
    }
}
