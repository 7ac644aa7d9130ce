using System.Globalization;
using System.Text.RegularExpressions;
using Distiller.Mining.Outcomes;

namespace Distiller.Mining.Cards;

/// <summary>A command that an agent ran in a task.</summary>
/// <param name="Kind">Null: none of those that the rules on outcomes know.</param>
/// <param name="Command">Without what only this run needed: the folder, what its output was piped into, redirections.</param>
/// <param name="DetourTokens">
/// Tokens spent on other commands of its kind that failed before it ran through for the first time.
/// </param>
public sealed partial record CommandRun(CommandKind? Kind, string Command, bool Passed, int DetourTokens = 0)
{
    private const char Separator = '\u001f';
    private const int RunsMax = 64;
    private const int CharsMax = 200;

    /// <summary>One text, as the digest keeps it.</summary>
    public string Write() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Kind}{Separator}{(Passed ? '+' : '-')}{Separator}{DetourTokens}{Separator}{Command}"
        );

    public static CommandRun Read(string text)
    {
        var parts = text.Split(Separator, 4);
        return new CommandRun(
            Enum.TryParse<CommandKind>(parts[0], out var kind) ? kind : null,
            parts[3],
            parts[1] == "+",
            int.Parse(parts[2], CultureInfo.InvariantCulture)
        );
    }

    /// <summary>The distinct commands of a task, each as it ended the last time.</summary>
    /// <param name="countTokens">Tokens of a text in the base's vocabulary.</param>
    public static IReadOnlyList<CommandRun> Of(Episode task, OutcomeRules rules, Func<string, int> countTokens)
    {
        var results = ToolResults.Of(task);
        var runs = new Dictionary<string, CommandRun>(StringComparer.Ordinal);
        var failed = new Dictionary<CommandKind, Dictionary<string, int>>();
        foreach (var call in task.Turns.SelectMany(t => t.ToolCalls))
        {
            var line = CommandLine.Of(call);
            if (line.Length == 0 || !results.TryGetValue(call.Id, out var result))
            {
                continue;
            }

            // What fails is the line.
            var passed = !result.IsError && !rules.TellsFailure(result.Text);
            foreach (var clean in CommandsOf(line))
            {
                if (clean.Length <= CharsMax && (runs.Count < RunsMax || runs.ContainsKey(clean)))
                {
                    var kind = rules.KindsOf(clean).Select(k => (CommandKind?)k).FirstOrDefault();
                    var detour = runs.GetValueOrDefault(clean)?.DetourTokens ?? 0;
                    detour += kind is { } known ? Detour(known, clean, passed, line, result.Text) : 0;
                    runs[clean] = new CommandRun(kind, clean, passed, detour);
                }
            }
        }

        return [.. runs.Values];

        // A run that fails and is tried again under the same name is work on the code; under another name it was a guess.
        int Detour(CommandKind kind, string command, bool passed, string line, string output)
        {
            var name = CommandTemplate.NameOf(command);
            var guesses = failed.TryGetValue(kind, out var known) ? known : failed[kind] = new(StringComparer.Ordinal);
            if (!passed)
            {
                guesses[name] = guesses.GetValueOrDefault(name) + countTokens(line) + countTokens(output);
                return 0;
            }

            var tokens = guesses.Where(g => g.Key != name).Sum(g => g.Value);
            guesses.Clear();
            return tokens;
        }
    }

    /// <summary>
    /// The commands of a line that do something: not those that look around, nor what output was piped into, and each without
    /// its redirections.
    /// </summary>
    public static IEnumerable<string> CommandsOf(string line) =>
        CommandLine
            .Commands(Pipes().Replace(line, ""))
            .Select(c => Redirections().Replace(c, "").Trim())
            .Where(c => c.Length > 0 && !Looks().IsMatch(c));

    [GeneratedRegex(@"(?<!\|)\|(?!\|)[^;&\n]*", RegexOptions.CultureInvariant)]
    private static partial Regex Pipes();

    [GeneratedRegex(@"\s*(?:[0-9]?>>?\s*(?:&[0-9]|\S+)|<\s*\S+)", RegexOptions.CultureInvariant)]
    private static partial Regex Redirections();

    /// <summary>Commands by which an agent looks around; everybody knows them.</summary>
    [GeneratedRegex(
        @"\A(?:ls|cat|head|tail|wc|pwd|echo|printf|which|find|grep|rg|sed -n|awk|sort|uniq|diff|file|stat|tree|env|date|true|false|sleep|mkdir|touch|chmod|rm|cp|mv|test|\[|git (?:status|diff|log|show|branch|rev-parse|ls-files|blame|remote))\b",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex Looks();
}
