namespace Distiller.Scrubbing.Names;

/// <summary>Scripts that part no words: a value stands right behind its name, with a particle between (<c>密码是v</c>).</summary>
internal static class EastAsian
{
    private const int NameMax = 8;
    private const int GapMax = 10;

    public static bool Is(char c) => c is >= '\u2E80' and < '\uFF00';

    /// <summary>The ends a name that begins here may have, the longest first.</summary>
    public static IEnumerable<int> Ends(string text, int at)
    {
        var end = at;
        while (end < text.Length && end - at < NameMax && Is(text[end]))
        {
            end++;
        }

        for (; end > at + 1; end--)
        {
            yield return end;
        }
    }

    /// <summary>What stands there is where it is kept: <c>密码在v里</c>, <c>パスワードはvにある</c>.</summary>
    private static bool IsPlace(string text, int name, int at, int end) =>
        text.AsSpan(name, at - name).Contains('在') || end < text.Length && text[end] is 'に' or '里' or '中';

    /// <summary>The next run of ASCII, where few other characters part it from the name.</summary>
    public static ValuePlace? Value(string text, int name)
    {
        var at = name;
        while (
            at < text.Length
            && at - name < GapMax
            && (Is(text[at]) || text[at] is ' ' or ':' or '=' or '\'' or '"' or '`' or '：' or '“')
        )
        {
            at++;
        }

        var end = at;
        while (end < text.Length && text[end] is > ' ' and < '\u007F' and not ('"' or '`'))
        {
            end++;
        }

        var value = text.AsSpan(at, end - at).TrimEnd(".,;:)'");
        return at > name && value.Length > 0 && !IsPlace(text, name, at, end)
            ? new ValuePlace(at, value.Length, ValueStyle.Prose, NeedsMixed: true)
            : null;
    }
}
