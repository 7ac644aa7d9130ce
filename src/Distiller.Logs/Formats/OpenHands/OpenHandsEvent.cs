using System.Text.Json;
using Distiller.Logs.Reading;

namespace Distiller.Logs.Formats.OpenHands;

/// <summary>Events of the newer kind, which tell their <c>kind</c> and hold what the model wrote and read.</summary>
internal static class OpenHandsEvent
{
    /// <summary>Kinds whose names do not end in <c>Event</c>.</summary>
    public static IReadOnlySet<string> Kinds { get; } =
        new HashSet<string>(StringComparer.Ordinal) { "Condensation", "CondensationRequest", "UserRejectObservation" };

    public static IEnumerable<Turn> Turns(JsonElement record, SessionDraft draft)
    {
        var kind = LenientJson.Text(record, "kind") ?? "";
        switch (kind)
        {
            case "MessageEvent":
                return Message(record);
            case "ActionEvent":
                return [Action(record)];
            case "ObservationEvent":
                return [Observation(record)];
            case "AgentErrorEvent" or "UserRejectObservation":
                var why = LenientJson.Text(record, "error") ?? LenientJson.Text(record, "rejection_reason") ?? "";
                return [Result(record, why, isError: true)];
            case "Condensation"
            or "CondensationSummaryEvent" when LenientJson.Text(record, "summary") is { Length: > 0 } text:
                return [new Turn(TurnRole.User, text) { Origin = TurnOrigin.Summary }];
            default:
                draft.Count(kind);
                return [];
        }
    }

    private static IEnumerable<Turn> Message(JsonElement record)
    {
        var message = LenientJson.Object(record, "llm_message");
        var text = ContentText.Of(LenientJson.Get(message, "content"));
        if (text.Length == 0)
        {
            return [];
        }

        return LenientJson.Text(record, "source") switch
        {
            "agent" => [new Turn(TurnRole.Assistant, text) { RequestId = LenientJson.Name(record, "llm_response_id") }],
            "user" => [new Turn(TurnRole.User, text)],
            _ => [new Turn(TurnRole.User, text) { Origin = TurnOrigin.Harness }],
        };
    }

    private static Turn Action(JsonElement record)
    {
        var call = LenientJson.Object(record, "tool_call");
        var function = LenientJson.Object(call, "function") ?? call;
        var id = LenientJson.Name(record, "tool_call_id") ?? LenientJson.Name(record, "id")!;
        var name = LenientJson.Name(record, "tool_name") ?? LenientJson.Name(function, "name") ?? "unknown";
        var input = LenientJson.Get(function, "arguments") ?? LenientJson.Get(record, "action");
        return new Turn(TurnRole.Assistant, ContentText.Of(LenientJson.Get(record, "thought")))
        {
            ToolCalls = [new ToolCall(id, name, ToolInput.Of(input))],
            RequestId = LenientJson.Name(record, "llm_response_id"),
        };
    }

    private static Turn Observation(JsonElement record)
    {
        var observation = LenientJson.Object(record, "observation");
        var content =
            LenientJson.Get(observation, "content")
            ?? LenientJson.Get(observation, "output")
            ?? LenientJson.Get(observation, "error");
        var code =
            LenientJson.Whole(observation, "exit_code")
            ?? LenientJson.Whole(LenientJson.Object(observation, "metadata"), "exit_code");
        var isError =
            LenientJson.Flag(observation, "is_error") == true
            || LenientJson.Get(observation, "error") is { ValueKind: JsonValueKind.True }
            || code is not (null or 0 or -1);
        return Result(record, ContentText.Of(content), isError);
    }

    private static Turn Result(JsonElement record, string text, bool isError) =>
        new(TurnRole.Tool, text) { ToolCallId = LenientJson.Name(record, "tool_call_id"), IsError = isError };
}
