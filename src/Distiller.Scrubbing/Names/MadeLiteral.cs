namespace Distiller.Scrubbing.Names;

/// <summary>A literal that a call makes something of: <c>String::from("v")</c>, <c>bytes.fromhex("v")</c>.</summary>
internal static class MadeLiteral
{
    /// <summary>Words of calls whose literal is the name of what is fetched, or something else that is no value.</summary>
    private static readonly string[] s_fetches =
    [
        "get",
        "env",
        "read",
        "find",
        "fetch",
        "load",
        "config",
        "lookup",
        "look_up",
        "param",
        "prop",
        "input",
        "prompt",
        "require",
        "import",
        "select",
        "query",
        "open",
        "file",
        "path",
        "useref",
        "resolve",
        "var",
        "field",
        "column",
        "setting",
        "parse",
        "join",
        "split",
        "replace",
        "format",
        "print",
        "log",
        "match",
        "test",
        "option",
        "arg",
        "flag",
        "validat",
        "type",
        "translate",
        "usestate",
        "getpass",
        "ask",
        "question",
        "readline",
        "scan",
        "stdin",
    ];

    /// <summary>Where the quote of the literal stands; 0 where there is none.</summary>
    public static int At(string text, int start)
    {
        var from = text.AsSpan(start).StartsWith("[]", StringComparison.Ordinal) ? start + 2 : start;
        return
            Call(text, from) is var open and > 0
            && text[open + 1] is '"' or '\''
            && IsWrapper(text.AsSpan(from, open - from))
            ? open + 1
            : 0;
    }

    /// <summary>Where the parenthesis of a call opens; 0 where there is none.</summary>
    private static int Call(string text, int start)
    {
        const int callMax = 40;
        var at = start;
        while (
            at < text.Length
            && at - start < callMax
            && (char.IsAsciiLetterOrDigit(text[at]) || text[at] is '_' or '.' or ':')
        )
        {
            at++;
        }

        return at > start && at + 1 < text.Length && text[at] == '(' ? at : 0;
    }

    /// <summary>
    /// Makes something of a literal: <c>String::from("v")</c>, <c>bytes.fromhex("v")</c>. What is fetched is named by its literal.
    /// </summary>
    private static bool IsWrapper(ReadOnlySpan<char> call)
    {
        foreach (var word in s_fetches)
        {
            if (call.Contains(word, StringComparison.OrdinalIgnoreCase))
            {
                return false;
            }
        }

        return true;
    }
}
