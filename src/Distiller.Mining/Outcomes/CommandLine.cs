using System.Text.Json;
using System.Text.RegularExpressions;

namespace Distiller.Mining.Outcomes;

/// <summary>The shell commands of a tool call.</summary>
public static partial class CommandLine
{
    private static readonly string[] Members = ["command", "cmd", "script", "keystrokes"];

    /// <summary>The line that a call gives to a shell; empty where it is no such call.</summary>
    public static string Of(ToolCall call)
    {
        try
        {
            using var arguments = JsonDocument.Parse(call.ArgumentsJson);
            var root = arguments.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
            {
                return "";
            }

            foreach (var member in Members)
            {
                if (root.TryGetProperty(member, out var value))
                {
                    return value.ValueKind switch
                    {
                        JsonValueKind.String => value.GetString()!,
                        JsonValueKind.Array => Words(value),
                        _ => "",
                    };
                }
            }

            return "";
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return ""; // An agent may write broken arguments.
        }
    }

    /// <summary>
    /// The commands of a line, without what stands before them: assignments of variables, <c>cd</c>, <c>sudo</c>, <c>time</c>.
    /// </summary>
    public static IEnumerable<string> Commands(string line) =>
        Separators()
            .Split(line.Length <= 8192 ? line : line[..8192])
            .Select(c => Prefixes().Replace(c.Trim(), ""))
            .Where(c => c.Length > 0 && !c.StartsWith("cd ", StringComparison.Ordinal));

    /// <summary><c>["bash", "-lc", "go test"]</c> is what the shell is given; other lists are words of one command.</summary>
    private static string Words(JsonElement list)
    {
        var words = list.EnumerateArray()
            .Where(w => w.ValueKind == JsonValueKind.String)
            .Select(w => w.GetString()!)
            .ToList();
        return words.Count == 3 && words[1] is "-c" or "-lc" ? words[2] : string.Join(' ', words);
    }

    [GeneratedRegex(@"\s*(?:&&|\|\||[;|\n])\s*", RegexOptions.CultureInvariant)]
    private static partial Regex Separators();

    [GeneratedRegex(
        @"\A(?:(?:[A-Za-z_][A-Za-z0-9_]{0,63}=\S*|sudo|time|env|nice|timeout\s+\S+|stdbuf\s+\S+)\s+)+",
        RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Prefixes();
}
