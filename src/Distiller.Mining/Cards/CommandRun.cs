using System.Text.RegularExpressions;
using Distiller.Mining.Outcomes;

namespace Distiller.Mining.Cards;

/// <summary>A command that an agent ran in a task.</summary>
/// <param name="Kind">Null: none of those that the rules on outcomes know.</param>
/// <param name="Command">Without what only this run needed: the folder, what its output was piped into, redirections.</param>
public sealed partial record CommandRun(CommandKind? Kind, string Command, bool Passed)
{
    private const char Separator = '\u001f';
    private const int RunsMax = 64;
    private const int CharsMax = 200;

    /// <summary>One text, as the digest keeps it.</summary>
    public string Write() => $"{Kind}{Separator}{(Passed ? '+' : '-')}{Separator}{Command}";

    public static CommandRun Read(string text)
    {
        var parts = text.Split(Separator, 3);
        return new CommandRun(
            Enum.TryParse<CommandKind>(parts[0], out var kind) ? kind : null,
            parts[2],
            parts[1] == "+"
        );
    }

    /// <summary>The distinct commands of a task, each as it ended the last time.</summary>
    public static IReadOnlyList<CommandRun> Of(Episode task, OutcomeRules rules)
    {
        var results = task
            .Turns.Where(t => t is { Role: TurnRole.Tool, ToolCallId: not null })
            .GroupBy(t => t.ToolCallId!, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.Last(), StringComparer.Ordinal);
        var runs = new Dictionary<string, CommandRun>(StringComparer.Ordinal);
        foreach (var call in task.Turns.SelectMany(t => t.ToolCalls))
        {
            var line = CommandLine.Of(call);
            if (line.Length == 0 || !results.TryGetValue(call.Id, out var result))
            {
                continue;
            }

            // What fails is the line.
            foreach (var clean in CommandsOf(line))
            {
                if (clean.Length <= CharsMax && runs.Count < RunsMax)
                {
                    var kind = rules.KindsOf(clean).Select(k => (CommandKind?)k).FirstOrDefault();
                    runs[clean] = new CommandRun(kind, clean, !result.IsError && !rules.TellsFailure(result.Text));
                }
            }
        }

        return [.. runs.Values];
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
