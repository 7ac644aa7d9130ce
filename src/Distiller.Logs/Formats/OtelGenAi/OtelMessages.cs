using System.Globalization;
using System.Text.Json;
using Distiller.Logs.Reading;

namespace Distiller.Logs.Formats.OtelGenAi;

/// <summary>
/// What a chat span tells of the conversation, in the forms that the conventions had one after the other: messages as JSON in
/// an attribute, an attribute for each member of each message, or an event for each message.
/// </summary>
internal sealed class OtelMessages
{
    private const int MessagesMax = 100_000;

    public List<Turn> Prompt { get; } = [];

    public List<Turn> Answer { get; } = [];

    /// <summary>Messages that could not be read.</summary>
    public int Unreadable { get; private set; }

    public static OtelMessages Of(OtelAttributes span, IEnumerable<JsonElement> events)
    {
        var messages = new OtelMessages();
        messages.TakeInstructions(span);
        messages.TakeList(messages.Prompt, span.Json("gen_ai.input.messages") ?? span.Json("gen_ai.prompt"));
        messages.TakeList(messages.Answer, span.Json("gen_ai.output.messages") ?? span.Json("gen_ai.completion"));
        messages.TakeMembers(messages.Prompt, span, "gen_ai.prompt");
        messages.TakeMembers(messages.Answer, span, "gen_ai.completion");
        foreach (var e in events)
        {
            messages.TakeEvent(e);
        }

        return messages;
    }

    private void TakeInstructions(OtelAttributes span)
    {
        var parts = span.Json("gen_ai.system_instructions");
        var text = parts is not null ? LenientJson.Said(parts) : span.Text("gen_ai.system_instructions");
        if (!string.IsNullOrEmpty(text))
        {
            Prompt.Add(new Turn(TurnRole.System, text));
        }
    }

    private void TakeList(List<Turn> turns, JsonElement? messages)
    {
        if (messages is not { ValueKind: JsonValueKind.Array or JsonValueKind.Object } told)
        {
            return;
        }

        foreach (var message in told.ValueKind == JsonValueKind.Array ? told.EnumerateArray().ToArray() : [told])
        {
            Take(turns, message);
        }
    }

    private void Take(List<Turn> turns, JsonElement message)
    {
        try
        {
            turns.AddRange(PartsMessageJson.ToTurns(message, Prompt.Count + Answer.Count));
        }
        catch (BadRecordException)
        {
            Unreadable++;
        }
    }

    /// <summary><c>gen_ai.prompt.0.role</c>, <c>gen_ai.prompt.0.tool_calls.0.name</c> and so on.</summary>
    private void TakeMembers(List<Turn> turns, OtelAttributes span, string prefix)
    {
        for (var i = 0; i < MessagesMax; i++)
        {
            var message = string.Create(CultureInfo.InvariantCulture, $"{prefix}.{i}");
            var role = span.Text($"{message}.role");
            var content = span.Text($"{message}.content");
            var calls = Calls(span, message);
            if (role is null && content is null && calls.Count == 0)
            {
                return;
            }

            turns.Add(
                (role ?? (prefix == "gen_ai.prompt" ? "user" : "assistant")) switch
                {
                    "system" or "developer" => new Turn(TurnRole.System, content ?? ""),
                    "tool" or "function" => new Turn(TurnRole.Tool, content ?? "")
                    {
                        ToolCallId = span.Text($"{message}.tool_call_id"),
                    },
                    "assistant" => new Turn(TurnRole.Assistant, content ?? "") { ToolCalls = calls },
                    _ => new Turn(TurnRole.User, content ?? ""),
                }
            );
        }
    }

    private static List<ToolCall> Calls(OtelAttributes span, string message)
    {
        var calls = new List<ToolCall>();
        for (var i = 0; i < MessagesMax; i++)
        {
            var call = string.Create(CultureInfo.InvariantCulture, $"{message}.tool_calls.{i}");
            if (span.Text($"{call}.name", $"{call}.function.name") is not { } name)
            {
                break;
            }

            var arguments = span.Text($"{call}.arguments", $"{call}.function.arguments");
            calls.Add(
                new ToolCall(
                    span.Text($"{call}.id") ?? $"{message}-{i}",
                    name,
                    ToolInput.Of(JsonSerializer.SerializeToElement(arguments))
                )
            );
        }

        return calls;
    }

    private void TakeEvent(JsonElement told)
    {
        var attributes = new OtelAttributes(told);
        var name = LenientJson.NameOrNumber(told, "name");
        switch (name)
        {
            case "gen_ai.content.prompt":
                TakeList(Prompt, attributes.Json("gen_ai.prompt"));
                break;
            case "gen_ai.content.completion":
                TakeList(Answer, attributes.Json("gen_ai.completion"));
                break;
            case "gen_ai.client.inference.operation.details":
                TakeInstructions(attributes);
                TakeList(Prompt, attributes.Json("gen_ai.input.messages"));
                TakeList(Answer, attributes.Json("gen_ai.output.messages"));
                break;
            case "gen_ai.choice":
                var message = attributes.Json("message") ?? attributes.Json("gen_ai.event.content");
                TakeEventMessage(Answer, attributes, LenientJson.Object(message, "message") ?? message, "assistant");
                break;
            case "gen_ai.system.message"
            or "gen_ai.user.message"
            or "gen_ai.assistant.message"
            or "gen_ai.tool.message":
                TakeEventMessage(Prompt, attributes, attributes.Json("gen_ai.event.content"), name.Split('.')[1]);
                break;
        }
    }

    private void TakeEventMessage(List<Turn> turns, OtelAttributes attributes, JsonElement? body, string role)
    {
        var message = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["role"] = LenientJson.NameOrNumber(body, "role") ?? attributes.Text("role") ?? role,
            ["content"] = (object?)LenientJson.Get(body, "content") ?? attributes.Text("content"),
            ["tool_calls"] = LenientJson.Get(body, "tool_calls") ?? attributes.Json("tool_calls"),
            ["tool_call_id"] =
                LenientJson.NameOrNumber(body, "id", "tool_call_id") ?? attributes.Text("id", "tool_call_id"),
        };
        Take(turns, JsonSerializer.SerializeToElement(message));
    }
}
