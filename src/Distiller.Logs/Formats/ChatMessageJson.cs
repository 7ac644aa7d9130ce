using System.Text.Json;
using Distiller.Logs.Reading;

namespace Distiller.Logs.Formats;

/// <summary>Messages in the form of OpenAI's chat completions, which many logs use: role, content, <c>tool_calls</c>.</summary>
internal static class ChatMessageJson
{
    /// <param name="index">Its number in the conversation: names calls that have no id.</param>
    /// <exception cref="BadRecordException">It is no such message.</exception>
    public static Turn ToTurn(JsonElement message, int index)
    {
        if (message.ValueKind != JsonValueKind.Object)
        {
            throw new BadRecordException("A message is not a JSON object.", "Correct the record.");
        }

        var text = Content(message);
        return RecordJson.RequiredText(message, "role") switch
        {
            "system" or "developer" => new Turn(TurnRole.System, text),
            "user" => new Turn(TurnRole.User, text),
            "assistant" => new Turn(TurnRole.Assistant, text) { ToolCalls = Calls(message, index) },
            "tool" => new Turn(TurnRole.Tool, text) { ToolCallId = RecordJson.Text(message, "tool_call_id") },
            _ => throw RecordJson.Wrong("role", "system, user, assistant or tool"),
        };
    }

    /// <summary>A text, or the texts of a list of parts; a part of another kind by its kind, as <c>[image_url]</c>.</summary>
    public static string Content(JsonElement message)
    {
        if (RecordJson.Get(message, "content") is not { } content)
        {
            return "";
        }

        return content.ValueKind switch
        {
            JsonValueKind.String => content.GetString()!,
            JsonValueKind.Array => string.Join('\n', content.EnumerateArray().Select(Part)),
            _ => throw RecordJson.Wrong("content", "a text or a list of parts"),
        };
    }

    private static string Part(JsonElement part) =>
        part.ValueKind == JsonValueKind.Object
            ? RecordJson.Text(part, "text") ?? $"[{RecordJson.Text(part, "type")}]"
            : throw RecordJson.Wrong("content", "a text or a list of parts");

    private static List<ToolCall> Calls(JsonElement message, int index)
    {
        var calls = new List<ToolCall>();
        foreach (var call in RecordJson.Array(message, "tool_calls")?.EnumerateArray() ?? default)
        {
            if (call.ValueKind != JsonValueKind.Object || RecordJson.Object(call, "function") is not { } function)
            {
                throw RecordJson.Wrong("tool_calls", "a list of calls");
            }

            calls.Add(
                new ToolCall(
                    RecordJson.Text(call, "id") ?? $"call-{index}-{calls.Count}",
                    RecordJson.RequiredText(function, "name"),
                    ToolInput.Of(RecordJson.Get(function, "arguments"))
                )
            );
        }

        return calls;
    }
}
