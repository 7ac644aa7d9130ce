using Distiller.Scrubbing.Names;

namespace Distiller.Scrubbing.Finders;

/// <summary>Secrets in the options of command-line tools, in the words of a shell.</summary>
internal sealed class CommandFinder
{
    private const int CommandMax = 1500;
    private const int WordsMax = 80;
    private const int UserKeyLeast = 16;

    private readonly ILookup<char, (string Command, CommandRule Rule)> _commands;

    public CommandFinder(IEnumerable<CommandRule> rules)
    {
        var commands = rules.SelectMany(r => r.Commands.Select(c => (Command: c + " ", Rule: r))).ToList();
        _commands = commands.ToLookup(c => c.Command[0]);
        Anchors = [.. commands.Select(c => c.Command)];
    }

    public IReadOnlyList<string> Anchors { get; }

    /// <summary>Reads the command that stands here and returns how far secrets were found.</summary>
    public int At(string text, int at, List<SecretFinding> findings)
    {
        var done = at;
        if (
            at == 0
            || !char.IsLetterOrDigit(text[at - 1]) && text[at - 1] is not ('-' or '_' or '.')
            || text[at - 1] == 'n' && at > 1 && text[at - 2] == '\\'
        )
        {
            foreach (var (command, rule) in _commands[text[at]])
            {
                if (string.CompareOrdinal(text, at, command, 0, command.Length) == 0)
                {
                    done = Math.Max(done, Command(text, at + command.Length, rule, findings));
                }
            }
        }

        return done;
    }

    /// <summary>Reads the words of one command and returns how far secrets were found.</summary>
    private static int Command(string text, int at, CommandRule rule, List<SecretFinding> findings)
    {
        var done = 0;
        var last = default(ShellWord);
        var end = Math.Min(text.Length, at + CommandMax);
        var option = "";
        for (var count = 0; count < WordsMax && ShellWord.Next(text, ref at, end) is { } word; count++)
        {
            var value = text.AsSpan(word.Start, word.Length);
            if (option.Length > 0)
            {
                done = Take(text, word, rule, findings) ?? done;
                option = "";
                continue;
            }

            option = Option(value, rule, out var attached);
            if (option.Length > 0 && attached)
            {
                var gap = option.Length;
                var inner = new ShellWord(word.Start + gap, word.Length - gap, word.IsQuoted).Unquoted(text);
                done = Take(text, inner, rule, findings) ?? done;
                option = "";
            }
            else if (option.Length == 0 && !value.StartsWith("-") && !IsNamed(value))
            {
                last = word;
            }
        }

        return rule.Takes == OptionForm.Last && last.Length > 0 ? Take(text, last, rule, findings) ?? done : done;
    }

    /// <summary><c>username=bob</c>: what it is stands before it.</summary>
    private static bool IsNamed(ReadOnlySpan<char> word) =>
        word.IndexOf('=') is > 3 and var sign
        && sign + 1 < word.Length
        && word[sign + 1] != '='
        && !word[..sign].ContainsAnyExceptInRange('a', 'z');

    /// <summary>The option that a word is, or begins with.</summary>
    private static string Option(ReadOnlySpan<char> word, CommandRule rule, out bool attached)
    {
        foreach (var option in rule.Options)
        {
            attached = false;
            if (word.SequenceEqual(option) && rule.Takes != OptionForm.AttachedOnly)
            {
                return option;
            }

            if (word.Length > option.Length && word.StartsWith(option, StringComparison.Ordinal))
            {
                var next = word[option.Length];
                attached = true;
                if (next is '=' or ':' && option[^1] is not ':' and not '=')
                {
                    return option + next;
                }

                if (
                    rule.Takes is OptionForm.Attached or OptionForm.AttachedOnly
                    || option[^1] is ':' or '='
                    || rule.Takes == OptionForm.UserAndValue && option.Length == 2
                )
                {
                    return option;
                }
            }
        }

        attached = false;
        return "";
    }

    private static int? Take(string text, ShellWord word, CommandRule rule, List<SecretFinding> findings)
    {
        var (start, length) = (word.Start, word.Length);
        if (rule.Takes == OptionForm.UserAndValue)
        {
            var colon = text.AsSpan(start, length).IndexOfAny(':', '%', ',');
            if (colon < 0)
            {
                return null;
            }

            var user = text.AsSpan(start, colon);
            (start, length) =
                length == colon + 1 && ValueLook.IsRandom(user, UserKeyLeast)
                    ? (start, colon) // A key that is sent as a user without password.
                    : (start + colon + 1, length - colon - 1);
        }

        var value = text.AsSpan(start, length);
        if (
            length == 0
            || ValueLook.IsPlaceholder(value)
            || !word.IsSingle && value[0] == '$'
            || value[0] == '-' && !word.IsQuoted
            || value.StartsWith("file:")
            || value.StartsWith("env:")
            || value is "stdin" or "prompt" or "fd:0"
        )
        {
            return null;
        }

        findings.Add(new SecretFinding(start, length, rule.Type));
        return start + length;
    }
}

/// <summary>A word of a shell's command, without its quotes.</summary>
internal readonly record struct ShellWord(int Start, int Length, bool IsQuoted, bool IsSingle = false)
{
    /// <summary>The next word; null at the end of the command.</summary>
    public static ShellWord? Next(string text, ref int at, int end)
    {
        while (
            at < end
            && (
                text[at] is ' ' or '\t'
                || text[at] == '\\' && at + 1 < end && text[at + 1] is '\n' or '\r'
                || text[at] is '\n' && at > 0 && text[at - 1] == '\\'
            )
        )
        {
            at++;
        }

        if (at >= end || text[at] is '\n' or '\r' or ';' or '|' or '&' or '`' or '>' or '<' or ')')
        {
            return null;
        }

        var start = at;
        var quote = text[at] is '"' or '\'' ? text[at] : '\0';
        if (quote != '\0')
        {
            var stop = Close(text, at + 1, end, quote);
            at = stop < end ? stop + 1 : end;
            if (at >= end || text[at] is ' ' or '\t' or '\n' or '\r' or ';' or ')' or '|' or '"' or '\'' or ',')
            {
                return new ShellWord(start + 1, stop - start - 1, true, quote == '\'');
            }
        }

        while (at < end && text[at] is not (' ' or '\t' or '\n' or '\r' or '`'))
        {
            if (text[at] is '"' or '\'')
            {
                var stop = Close(text, at + 1, end, text[at]);
                if (stop >= end)
                {
                    break; // The quote that closes what the command stands in.
                }

                at = stop;
            }
            else if (text[at] is ';' or '|' or '&' && (at + 1 >= end || text[at + 1] is ' ' or '\n' or '&' or '|'))
            {
                break;
            }
            else if (text[at] == ')' && !text.AsSpan(start, at - start).Contains('('))
            {
                break; // Of $(command …).
            }
            else if (text[at] == '\\' && at + 1 < end && text[at + 1] is 'n' or '"')
            {
                break;
            }

            at++;
        }

        if (at == start)
        {
            return null;
        }

        return new ShellWord(start, at - start, false);
    }

    /// <summary>Without the quotes around the whole, where there are some.</summary>
    public ShellWord Unquoted(string text) =>
        Length >= 2 && text[Start] is '"' or '\'' && text[Start + Length - 1] == text[Start]
            ? new ShellWord(Start + 1, Length - 2, true, text[Start] == '\'')
            : this;

    private static int Close(string text, int at, int end, char quote)
    {
        var stop = text.AsSpan(at, end - at).IndexOf(quote);
        return stop < 0 ? end : at + stop;
    }
}
