using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Distiller.Logs.Reading;

namespace Distiller.Logs.Formats.Cline;

/// <summary>
/// Texts of a task's messages. The harness puts the user's words between tags and adds what it saw of the editor; results of
/// tools that the model called in its text come as text, too.
/// </summary>
internal static class ClineMessage
{
    /// <summary>More are not looked for in one text.</summary>
    private const int MatchesMax = 64;

    private static readonly string[] Words = ["<task>", "<user_message>", "<feedback>", "<answer>"];

    /// <summary>Tags in a model's text that are no calls of tools.</summary>
    private static readonly string[] NoTools = ["thinking", "task", "answer", "result", "path", "content", "command"];

    /// <summary>In time linear in the text, whatever that is.</summary>
    private const RegexOptions Linear = RegexOptions.NonBacktracking | RegexOptions.Singleline;

    private static readonly Regex Environment = new(@"<environment_details>.*?(?:</environment_details>|\z)", Linear);
    private static readonly Regex WordTag = new(@"</?(?:task|user_message|feedback|answer)>", Linear);
    private static readonly Regex ResultOf = new(@"\A\[[\w-]{1,64}(?: for [^\n]*?)?\] Result:", Linear);
    private static readonly Regex Thinking = new(@"<thinking>.*?</thinking>", Linear);

    /// <summary>Whether it is the first message of a task.</summary>
    public static bool IsOpening(JsonElement record) =>
        LenientJson.Text(record, "role") == "user"
        && RecordJson.Is(record, "content", JsonValueKind.Array)
        && LenientJson
            .Items(record, "content")
            .Any(part =>
                LenientJson.Text(part, "text") is { } text
                && (
                    text.StartsWith("<task>", StringComparison.Ordinal)
                    || text.StartsWith("<user_message>", StringComparison.Ordinal)
                    || text.StartsWith("<environment_details>", StringComparison.Ordinal)
                )
            );

    /// <summary>What a text in the user's name is: the user's words, a tool's result, or the harness's.</summary>
    public static IEnumerable<Turn> User(string text)
    {
        var rest = Environment.Replace(text, "").Trim();
        if (rest.Length < text.Trim().Length)
        {
            yield return Harness(string.Join('\n', Environment.Matches(text).Select(m => m.Value)));
        }

        if (rest.Length == 0)
        {
            yield break;
        }

        if (ResultOf.Match(rest) is { Success: true } result)
        {
            yield return Result(new Turn(TurnRole.Tool, ""), rest[result.Length..]);
        }
        else if (Array.Exists(Words, w => rest.Contains(w, StringComparison.Ordinal)))
        {
            yield return new Turn(TurnRole.User, WordTag.Replace(rest, "").Trim());
        }
        else
        {
            yield return rest.StartsWith("[ERROR]", StringComparison.Ordinal)
            || rest.StartsWith("[TASK RESUMPTION]", StringComparison.Ordinal)
            || rest.StartsWith('<')
                ? Harness(rest)
                : new Turn(TurnRole.User, rest);
        }
    }

    /// <summary>Whether a text behind the name of a call is what it gave back.</summary>
    public static bool IsOutput(string text) =>
        text.Length > 0
        && !text.StartsWith("<environment_details>", StringComparison.Ordinal)
        && !ResultOf.IsMatch(text);

    /// <summary>A tool's turn with what it gave back.</summary>
    public static Turn Result(Turn turn, string output) =>
        turn with
        {
            Text = output.Trim(),
            IsError =
                output.AsSpan().TrimStart().StartsWith("<error>", StringComparison.Ordinal)
                || output.AsSpan().TrimStart().StartsWith("The tool execution failed", StringComparison.Ordinal),
        };

    /// <summary>Calls that the model wrote as XML within its text, and the text without them.</summary>
    /// <param name="index">Of the message: names the calls.</param>
    public static (string Text, List<ToolCall> Calls) Assistant(string text, int index)
    {
        var calls = new List<ToolCall>();
        var rest = new StringBuilder();
        var from = 0;
        foreach (var tag in XmlTag.In(text, MatchesMax).Where(t => Array.IndexOf(NoTools, t.Name) < 0))
        {
            var arguments = new Dictionary<string, string>(StringComparer.Ordinal);
            var body = text[tag.Body];
            foreach (var argument in XmlTag.In(body, MatchesMax))
            {
                arguments[argument.Name] = body[argument.Body].Trim('\r', '\n');
            }

            if (arguments.Count > 0)
            {
                var json = JsonSerializer.Serialize(arguments, EpisodeJson.Options);
                calls.Add(new ToolCall($"call-{index}-{calls.Count}", tag.Name, json));
                rest.Append(text, from, tag.Start - from);
                from = tag.End;
            }
        }

        rest.Append(text, from, text.Length - from);
        return (Thinking.Replace(rest.ToString(), "").Trim(), calls);
    }

    private static Turn Harness(string text) => new(TurnRole.User, text) { Origin = TurnOrigin.Harness };
}
