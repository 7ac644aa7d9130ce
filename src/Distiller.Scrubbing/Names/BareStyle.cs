using System.Buffers;

namespace Distiller.Scrubbing.Names;

/// <summary>How a value without quotes is written, as it follows from what stands around its name.</summary>
internal static class BareStyle
{
    private static readonly SearchValues<char> s_brackets = SearchValues.Create("(){}[],;");

    public static ValueStyle Of(NamePlace place, Sign sign)
    {
        if (place.IsFlag)
        {
            return ValueStyle.Flag;
        }

        var head = place.Text.AsSpan(0, place.Start);
        if (head.EndsWith("--set ") || head.EndsWith("--set-string ") || head.EndsWith("--build-arg "))
        {
            return ValueStyle.Environment;
        }

        var before = place.Start > 0 ? place.Text[place.Start - 1] : '\n';
        if (sign.Kind == SignKind.Entry)
        {
            return place.IsUpper ? ValueStyle.Environment : ValueStyle.Setting;
        }

        if (sign.Kind == SignKind.Blank)
        {
            return ValueStyle.Environment;
        }

        if (!sign.IsSpaced && before is '?' or '&')
        {
            return ValueStyle.Query;
        }

        if (
            place.IsUpper
            && (
                sign.Kind == SignKind.Equal && !sign.IsSpaced
                || sign.Kind == SignKind.Colon && ValueReader.AtLineStart(place)
            )
        )
        {
            return ValueStyle.Environment;
        }

        if (IsWord(place, sign, -1) && FollowsPair(place))
        {
            return ValueStyle.Logged;
        }

        return
            before == ';' && sign.Kind == SignKind.Equal
            || ValueReader.AtLineStart(place)
            || IsWord(place, sign, -1)
            || !sign.IsSpaced && IsConnection(place, sign)
            ? ValueStyle.Setting
            : ValueStyle.Bare;
    }

    /// <summary><c>name=value</c> as a word of its own, as commands take them.</summary>
    /// <param name="behind">Where the value ends; -1 where that does not matter.</param>
    public static bool IsWord(NamePlace place, Sign sign, int behind) =>
        sign is { Kind: SignKind.Equal, IsSpaced: false }
        && (place.Start == 0 || place.Text[place.Start - 1] is ' ' or '"' or '\'')
        && (
            behind < 0
            || behind >= place.Text.Length
            || place.Text[behind] is ' ' or '\n' or '\r' or '"' or '\'' or '\\'
        );

    /// <summary>Whether a pair without blanks stands before the name: <c>user=bob</c>.</summary>
    private static bool FollowsPair(NamePlace place)
    {
        const int pairMax = 80;
        var from = Math.Max(0, place.Start - 1 - pairMax);
        var before = place.Text.AsSpan(from, Math.Max(0, place.Start - 1 - from));
        var pair = before[(before.LastIndexOfAny(" \t\n") + 1)..];
        return pair.IndexOf('=') is > 0 and var sign
            && sign + 1 < pair.Length
            && ValueLook.IsDotted(pair[..sign])
            && !pair.ContainsAny(s_brackets);
    }

    /// <summary>Behind the value goes another setting of a connection string.</summary>
    private static bool IsConnection(NamePlace place, Sign sign)
    {
        var before = place.Text.AsSpan(Math.Max(0, place.Start - 2), Math.Min(2, place.Start));
        return sign.Kind == SignKind.Equal && (before.Contains(';') || before.EndsWith(" -") || before is ", " or " ,");
    }
}
