using System.Text.Json;
using Distiller.Logs.Reading;

namespace Distiller.Logs.Formats;

/// <summary>
/// Messages in the form of OpenAI's chat completions, which many logs use: role, content, <c>tool_calls</c>, and the older
/// <c>function_call</c> with its answer in the role <c>function</c>.
/// </summary>
internal static class ChatMessageJson
{
    /// <param name="index">Its number in the conversation: names calls that have no id.</param>
    /// <exception cref="BadRecordException">It is no object, or of an unknown role.</exception>
    public static Turn ToTurn(JsonElement message, int index)
    {
        if (message.ValueKind != JsonValueKind.Object)
        {
            throw new BadRecordException("A message is not a JSON object.", "Correct the record.");
        }

        var text = LenientJson.Said(LenientJson.Get(message, "content"));
        return LenientJson.NameOrNumber(message, "role") switch
        {
            "system" or "developer" => new Turn(TurnRole.System, text),
            "user" => new Turn(TurnRole.User, text),
            "assistant" => new Turn(TurnRole.Assistant, text) { ToolCalls = Calls(message, index) },
            "tool" or "function" => new Turn(TurnRole.Tool, text)
            {
                ToolCallId = LenientJson.NameOrNumber(message, "tool_call_id"),
            },
            _ => throw RecordJson.Wrong("role", "system, user, assistant or tool"),
        };
    }

    /// <summary>Whether a list begins with a message of this form.</summary>
    public static bool IsConversation(JsonElement? messages) =>
        messages is { ValueKind: JsonValueKind.Array } list
        && list.GetArrayLength() > 0
        && list[0].ValueKind == JsonValueKind.Object
        && LenientJson.NameOrNumber(list[0], "role")
            is "system"
                or "developer"
                or "user"
                or "assistant"
                or "tool"
                or "function";

    /// <summary>Calls of which nothing but the name is needed; one without a name is no call.</summary>
    private static List<ToolCall> Calls(JsonElement message, int index)
    {
        var calls = new List<ToolCall>();
        foreach (var call in LenientJson.Items(message, "tool_calls"))
        {
            var function = LenientJson.Object(call, "function") ?? LenientJson.Object(call, "custom") ?? call;
            Add(calls, LenientJson.NameOrNumber(call, "id"), function, index);
        }

        if (LenientJson.Object(message, "function_call") is { } legacy)
        {
            Add(calls, id: null, legacy, index);
        }

        return calls;
    }

    private static void Add(List<ToolCall> calls, string? id, JsonElement function, int index)
    {
        if (LenientJson.NameOrNumber(function, "name") is { } name)
        {
            var arguments = LenientJson.Get(function, "arguments") ?? LenientJson.Get(function, "input");
            calls.Add(new ToolCall(id ?? $"call-{index}-{calls.Count}", name, ToolInput.Of(arguments)));
        }
    }
}
