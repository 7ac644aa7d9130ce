using System.Buffers;
using System.Text.RegularExpressions;

namespace Distiller.Scrubbing.Names;

/// <summary>
/// Values that do not stand right behind the sign of their name: on a line below, in a column, in another element or attribute,
/// as what is typed into a field. What stands there is often something else, so a value must look like one.
/// </summary>
internal static partial class ValuesApart
{
    private const int Ahead = 240;

    private static readonly SearchValues<string> s_from = SearchValues.Create(
        [" from ", " von ", " de ", " fra ", " från ", " van ", " da "],
        StringComparison.Ordinal
    );

    private static readonly SearchValues<char> s_ends = SearchValues.Create(" \t\n\r\"'`");
    private static readonly SearchValues<char> s_arrows = SearchValues.Create("-→⇒");
    private static readonly SearchValues<char> s_aroundArrow = SearchValues.Create(" \"'`");

    public static IEnumerable<ValuePlace> Of(NamePlace place)
    {
        if (LineBelow.Value(place) is { } below)
        {
            return [below];
        }

        if (Columns.Values(place) is { Count: > 0 } cells)
        {
            return cells;
        }

        var value = Behind(place) ?? AttributeBefore(place) ?? Expected(place);
        return value is { } one ? [one]
            : Former(place) is { } former ? [former]
            : [];
    }

    /// <summary>What an expression finds, where the first character behind the name lets it.</summary>
    private static ValuePlace? Behind(NamePlace place)
    {
        var text = place.Text;
        var behind = place.End < text.Length ? text[place.End] : '\n';
        var ahead = text.AsSpan(place.End, Math.Min(Ahead / 2, text.Length - place.End));
        var isQuote = behind is '"' or '\'' or '`';
        var value = (isQuote || behind is '<' or ':' or ' ') && ahead.Contains('<') ? Element(place) : null;
        value ??=
            (isQuote || behind is ',' or ' ' or '\n') && ahead.Contains("alue", StringComparison.Ordinal)
                ? Attribute(place)
                : null;
        value ??=
            (isQuote || behind is ')' or '.' or ']' or '/' or '|' or '?' or ' ' or '(') && ahead.ContainsAny('"', '\'')
                ? Typed(place)
                : null;
        return value
            ?? (
                (isQuote || behind is '(' or ':' or '=' or ' ' or '{' or ',') && ahead.ContainsAny("{\"':=")
                    ? Within(place)
                    : null
            );
    }

    /// <summary><c>&lt;td&gt;Password&lt;/td&gt;&lt;td&gt;v&lt;/td&gt;</c>, <c>name="x" type="y"&gt;&lt;value&gt;v&lt;/value&gt;</c>.</summary>
    private static ValuePlace? Element(NamePlace place) => Find(NextElement(), place, isWord: true);

    /// <summary><c>&lt;apiKey value="v"/&gt;</c>, <c>"name":"password","type":"text","value":"v"</c>.</summary>
    private static ValuePlace? Attribute(NamePlace place) => Find(LaterAttribute(), place, isWord: false);

    /// <summary><c>cy.get('#password').type('v')</c>, <c>"element":"Password field","text":"v"</c>.</summary>
    private static ValuePlace? Typed(NamePlace place) => Find(Filled(), place, isWord: false);

    /// <summary><c>"secret": {"value": "v"}</c>, <c>ApiKey { get; set; } = "v"</c>, <c>def token(): return "v"</c>.</summary>
    private static ValuePlace? Within(NamePlace place) => Find(Nested(), place, isWord: true);

    /// <summary><c>assertEquals("v", x.getPassword())</c></summary>
    private static ValuePlace? Expected(NamePlace place)
    {
        var before = place.Text.AsSpan(0, place.Start).TrimEnd(' ');
        if (before.Length < 8 || before[^1] != ',' || before[^2] is not ('"' or '\''))
        {
            return null;
        }

        var from = Math.Max(0, place.Start - Ahead);
        return Compared().Match(place.Text, from, place.Start - from) is { Success: true } match
            ? Place(match, true)
            : null;
    }

    /// <summary><c>password from v to w</c>: the one that was.</summary>
    public static ValuePlace? Former(NamePlace place) =>
        place.Text.AsSpan(place.End, Math.Min(64, place.Text.Length - place.End)).ContainsAny(s_from)
            ? Find(FromTo(), place, isWord: true)
            : null;

    /// <summary><c>"value":"v","name":"DB_PASSWORD"</c>.</summary>
    private static ValuePlace? AttributeBefore(NamePlace place)
    {
        var (text, start) = (place.Text, place.Start);
        if (start < 8 || text[start - 1] is not ('"' or '\''))
        {
            return null;
        }

        var from = Math.Max(0, start - Ahead);
        return ValueFirst().Match(text, from, start - from) is { Success: true } match ? Place(match, false) : null;
    }

    /// <summary><c>password = "v" -> "w"</c>: the one that is.</summary>
    /// <param name="end">Where the first one ends.</param>
    public static ValuePlace? Next(string text, int end)
    {
        var ahead = text.AsSpan(end, Math.Min(Ahead, text.Length - end));
        var sign = ahead.IndexOfAny(s_arrows);
        if (sign is < 1 or > 3 || ahead[..sign].ContainsAnyExcept(s_aroundArrow))
        {
            return null;
        }

        var behind = ahead[(sign + 1)..];
        var value = behind.TrimStart("> \"'`");
        var start = end + sign + 1 + behind.Length - value.Length;
        var stop = value.IndexOfAny(s_ends);
        return ahead[sign] == '-' && behind is not ['>', ..] || stop == 0 || value.Length == 0
            ? null
            : new ValuePlace(start, stop < 0 ? value.Length : stop, ValueStyle.Quoted, NeedsMixed: true);
    }

    private static ValuePlace? Find(Regex regex, NamePlace place, bool isWord)
    {
        var length = Math.Min(Ahead, place.Text.Length - place.End);
        return regex.Match(place.Text, place.End, length) is { Success: true } match ? Place(match, isWord) : null;
    }

    private static ValuePlace? Place(Match match, bool isWord)
    {
        var group = match.Groups["v"];
        return isWord && group.ValueSpan.ContainsAny(' ', '\t')
            ? null
            : new ValuePlace(group.Index, group.Length, ValueStyle.Quoted, NeedsMixed: true);
    }

    [GeneratedRegex(
        """^(?:"[^<>\n]{0,80}>\s{0,40}<value>|:?\s?</[\w:.-]{1,24}>\s{0,40}<(?:[\w:.-]{0,24}value|td|dd|th|string|value|code|pre|span|div|p|b)\b[^<>\n]{0,80}>(?:<(?:code|b|span|kbd)>)?)\s{0,20}(?<v>[^<>\s]{4,160})""",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture
    )]
    private static partial Regex NextElement();

    [GeneratedRegex(
        """^["']?(?:\s|,\s?)[^<>{}\n]{0,100}?\b[vV]alue\\?["']?\s?[=:]\s?\\?(["'])(?<v>[^"'<>\n\\]{3,160})\\?["']""",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex LaterAttribute();

    [GeneratedRegex(
        """[vV]alue\\?["']?\s?[=:]\s?\\?["'](?<v>[^"'<>\n\\]{3,160})\\?["'],?\s{1,20}(?:(?i:where)\s)?\\?["'`]?(?:\w{0,20}_)?(?:name|key|Name|Key|id|field)\\?["'`]?\s?[=:]\s?\\?["'][\w.-]{0,40}$|[vV]alue["']?:["'](?<v>[^"'<>\n]{3,160})["'],["'](?:name|key|Name|Key|id|field)["']:["']$""",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture
    )]
    private static partial Regex ValueFirst();

    [GeneratedRegex(
        """^(?:(?:\(\))?\)?\.(?:toBe|toEqual|toStrictEqual|toHaveValue|isEqualTo|should\.eq|to\.equal|to\.eq)\(["']|["'][)\]]{1,2}\s?(?:or|\|\||\?\?)=?\s?["']|\s?(?:\|\||\?\?)=?\s?["']|[ \w*:-]{0,24}["'`\]/i]{1,6}(?:,\s?\{[^{}\n]{0,40}\})?\){1,2}(?:\.\w{1,20}\(\))?(?:\.(?:toHaveValue|toBe|toEqual|isEqualTo|setText|sendText|paste|enter|type|fill|sendKeys|send_keys|setValue|set_value|set|val|input|pressSequentially|typeText|enterText|addValue)\(|,\s?)["']|["'],\s?(?:with|value|text):\s?["']|[ \w\])]{0,24}["'],\s?["'](?:text|value|input|content)["']:\s?["'])(?<v>[^"'\n\\]{3,160})["']""",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture
    )]
    private static partial Regex Filled();

    [GeneratedRegex(
        """^(?:, do: "| by lazy \{ ?"|["']?\s?[:=]>?\s?\{?\s{0,24}["']?(?:value|plaintext|plain|raw|access|access_token|string|stringValue|S|secret|key|token)["']?\s?[:=]\s?["']?|"\s?\{[^{}]{0,120}\bdefault\s?=\s?"|\s?\{[^{}\n]{0,40}\}\s?=\s?"|\([^()\n]{0,40}\)[^\n=;"']{0,30}(?:[:{]\s{0,20}return\s|=>?\s?)["'])(?<v>[^"'\s{},;]{6,160})""",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture
    )]
    private static partial Regex Nested();

    [GeneratedRegex(
        """(?i:assert|expect|equal|verify|compare|check)\w{0,20}\(\s*["'](?<v>[^"'\s]{6,160})["']\s*,\s*[\w.]{0,40}$""",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture
    )]
    private static partial Regex Compared();

    [GeneratedRegex(
        """^["'`]?(?: \w{1,12}){0,3} (?:from|von|de|fra|från|van|da) ["'`]?(?<v>[^\s"'`]{4,100})["'`]? (?:to|auf|zu|nach|a|à|til|till|naar|in) """,
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture
    )]
    private static partial Regex FromTo();
}
