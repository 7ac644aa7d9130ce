namespace Distiller.Scrubbing.Names;

/// <summary>What people write where somebody else is to put a secret.</summary>
internal static class StandIn
{
    /// <summary>No generator draws one character so often in a row.</summary>
    private const int MaskLeast = 8;

    private static readonly string[] s_orders =
    [
        "changeme",
        "change_me",
        "change-me",
        "changethis",
        "change_this",
        "change-this",
    ];

    /// <summary>Words that are one alone or joined to others: <c>todo_set_in_vault</c>.</summary>
    private static readonly string[] s_words =
    [
        "todo",
        "fixme",
        "dummy",
        "example",
        "please",
        "enter",
        "add",
        "put",
        "fill",
        "tbd",
    ];

    public static bool Is(ReadOnlySpan<char> value) => IsMasked(value) || IsOrder(value);

    /// <summary><c>sk_live_xxxxxxxxxxxx</c></summary>
    public static bool IsMasked(ReadOnlySpan<char> value)
    {
        var run = 0;
        foreach (var c in value)
        {
            run = c is 'x' or 'X' or '*' or '•' ? run + 1 : 0;
            if (run == MaskLeast)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A parameter of a statement that the value is bound to later: <c>@newPassword</c>, <c>:pw</c>, <c>?</c>, <c>$1</c>.</summary>
    public static bool IsParameter(ReadOnlySpan<char> value)
    {
        value = value.TrimEnd(";,)");
        return value.Length > 1
            && value[0] is '@' or ':' or '$'
            && !value[1..].ContainsAny('@', '$')
            && (
                ValueLook.IsIdentifier(value[1..]) || value[0] == '$' && !value[1..].ContainsAnyExceptInRange('0', '9')
            );
    }

    private static bool IsOrder(ReadOnlySpan<char> value)
    {
        if (value.ContainsAnyInRange('0', '9'))
        {
            return false;
        }

        foreach (var order in s_orders)
        {
            if (value.StartsWith(order, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        foreach (var word in s_words)
        {
            if (
                value.StartsWith(word, StringComparison.OrdinalIgnoreCase)
                && (value.Length == word.Length ? word.Length > 3 : value[word.Length] is '_' or '-' or ' ')
            )
            {
                return true;
            }
        }

        return false;
    }
}
