using System.Text.Json;
using Distiller.Logs.Reading;

namespace Distiller.Logs.Formats.OpenAiChat;

/// <summary>The input and output items of OpenAI's responses: messages, calls of functions, and what they gave.</summary>
internal static class ResponseItems
{
    public static void Ask(EpisodeDraft draft, JsonElement request)
    {
        if (LenientJson.Said(LenientJson.Get(request, "instructions")) is { Length: > 0 } instructions)
        {
            draft.Turns.Add(new Turn(TurnRole.System, instructions));
        }

        if (LenientJson.Get(request, "input") is { ValueKind: JsonValueKind.String } text)
        {
            draft.Turns.Add(new Turn(TurnRole.User, text.GetString()!));
        }
        else
        {
            Take(draft, LenientJson.Get(request, "input"), requestId: null);
        }
    }

    public static void Take(EpisodeDraft draft, JsonElement? items, string? requestId)
    {
        if (items is not { ValueKind: JsonValueKind.Array } list)
        {
            return;
        }

        foreach (var item in list.EnumerateArray())
        {
            switch (LenientJson.NameOrNumber(item, "type") ?? "message")
            {
                case "message":
                    draft.AddMessage(item, time: null, requestId);
                    break;
                case "function_call" or "custom_tool_call":
                    Call(draft, item, requestId);
                    break;
                case "function_call_output" or "custom_tool_call_output":
                    draft.Turns.Add(
                        new Turn(TurnRole.Tool, LenientJson.Said(LenientJson.Get(item, "output")))
                        {
                            ToolCallId = LenientJson.NameOrNumber(item, "call_id") ?? draft.LastCallId(),
                        }
                    );
                    break;
                case var kind:
                    draft.Count(kind);
                    break;
            }
        }
    }

    /// <summary>Calls are items of their own: those behind a message of the assistant are made in its turn.</summary>
    private static void Call(EpisodeDraft draft, JsonElement item, string? requestId)
    {
        if (LenientJson.NameOrNumber(item, "name") is not { } name)
        {
            draft.Count("unreadable_call");
            return;
        }

        var call = new ToolCall(
            LenientJson.NameOrNumber(item, "call_id", "id") ?? $"call-{draft.Turns.Count}",
            name,
            ToolInput.Of(LenientJson.Get(item, "arguments") ?? LenientJson.Get(item, "input"))
        );
        if (draft.Turns is [.., { Role: TurnRole.Assistant } last])
        {
            draft.Turns[^1] = last with { ToolCalls = [.. last.ToolCalls, call] };
        }
        else
        {
            draft.Turns.Add(new Turn(TurnRole.Assistant, "") { ToolCalls = [call], RequestId = requestId });
        }
    }
}
