using System.Text.Json;
using Distiller.Logs.Reading;

namespace Distiller.Logs.Formats;

/// <summary>
/// Messages in the form of OpenTelemetry's conventions: role and <c>parts</c>, of which one kind calls a tool and one is what a
/// tool gave. Messages without parts are read as <see cref="ChatMessageJson"/>.
/// </summary>
internal static class PartsMessageJson
{
    /// <summary>The turns of a message: one, or one for each result of a tool.</summary>
    /// <param name="index">The number of turns before: names calls that have no id.</param>
    /// <exception cref="BadRecordException">It is no message.</exception>
    public static IReadOnlyList<Turn> ToTurns(JsonElement message, int index)
    {
        if (LenientJson.Get(message, "parts") is not { ValueKind: JsonValueKind.Array } parts)
        {
            return [ChatMessageJson.ToTurn(message, index)];
        }

        var role = LenientJson.NameOrNumber(message, "role") switch
        {
            "system" or "developer" => TurnRole.System,
            "user" => TurnRole.User,
            "assistant" or "model" => TurnRole.Assistant,
            "tool" => TurnRole.Tool,
            _ => throw RecordJson.Wrong("role", "system, user, assistant or tool"),
        };
        var texts = new List<string>();
        var calls = new List<ToolCall>();
        var results = new List<Turn>();
        foreach (var part in parts.EnumerateArray())
        {
            switch (LenientJson.NameOrNumber(part, "type"))
            {
                case "tool_call" when LenientJson.NameOrNumber(part, "name") is { } name:
                    calls.Add(
                        new ToolCall(
                            LenientJson.NameOrNumber(part, "id") ?? $"call-{index}-{calls.Count}",
                            name,
                            ToolInput.Of(LenientJson.Get(part, "arguments"))
                        )
                    );
                    break;
                case "tool_call_response":
                    var result = LenientJson.Get(part, "response") ?? LenientJson.Get(part, "result");
                    results.Add(
                        new Turn(TurnRole.Tool, LenientJson.Said(result))
                        {
                            ToolCallId = LenientJson.NameOrNumber(part, "id"),
                        }
                    );
                    break;
                case "text":
                    texts.Add(LenientJson.Said(LenientJson.Get(part, "content") ?? LenientJson.Get(part, "text")));
                    break;
                case "reasoning" or "thinking":
                    break;
                case var kind:
                    texts.Add($"[{kind ?? "part"}]");
                    break;
            }
        }

        if (texts.Count > 0 || calls.Count > 0 || results.Count == 0)
        {
            results.Insert(0, new Turn(role, string.Join('\n', texts)) { ToolCalls = calls });
        }

        return results;
    }
}
