using System.Text.Json;
using Distiller.Logs.Reading;

namespace Distiller.Logs.Formats.OpenHands;

/// <summary>Makes an episode of a session's events: actions of the agent and the user, and observations.</summary>
/// <param name="name">Null: named by its first event.</param>
internal sealed class OpenHandsReader(string? name) : SessionReader
{
    private readonly SessionDraft _draft = new(OpenHandsFormat.FormatName) { Name = name };
    private readonly OpenHandsUsage _usage = new();
    private string? _openCall;

    public static bool IsEvent(JsonElement record) => IsOld(record) || IsNew(record);

    public override bool IsRepeatable(JsonElement record) => LenientJson.Get(record, "id") is null;

    public override void Take(JsonElement record)
    {
        var time = LenientJson.Time(record, "timestamp");
        _draft.Saw(time);
        _usage.Take(record, _draft);
        if (IsNew(record))
        {
            foreach (var turn in OpenHandsEvent.Turns(record, _draft))
            {
                Add(turn with { Time = time }, isNewRequest: false);
            }
        }
        else if (LenientJson.Name(record, "action") is { } action)
        {
            Action(record, action, time);
        }
        else if (LenientJson.Name(record, "observation") is { } observation)
        {
            Observation(record, observation, time);
        }
        else
        {
            throw RecordJson.Wrong("action", "there");
        }
    }

    /// <param name="stats">What a conversation's state tells of all its requests.</param>
    public void Stats(JsonElement? stats) => _usage.Stats(stats, _draft);

    public override Episode Finish(string tenant)
    {
        _usage.TellTo(_draft);
        return _draft.Finish(_draft.Name ??= Fallback!, tenant);
    }

    private static bool IsOld(JsonElement record) =>
        RecordJson.Is(record, "source", JsonValueKind.String)
        && (
            RecordJson.Is(record, "action", JsonValueKind.String) && RecordJson.Is(record, "args", JsonValueKind.Object)
            || RecordJson.Is(record, "observation", JsonValueKind.String)
                && RecordJson.Is(record, "content", JsonValueKind.String)
                && RecordJson.Is(record, "extras", JsonValueKind.Object)
        );

    private static bool IsNew(JsonElement record) =>
        RecordJson.Is(record, "source", JsonValueKind.String)
        && RecordJson.Is(record, "id", JsonValueKind.String)
        && RecordJson.Is(record, "timestamp", JsonValueKind.String)
        && LenientJson.Text(record, "kind") is { } kind
        && (kind.EndsWith("Event", StringComparison.Ordinal) || OpenHandsEvent.Kinds.Contains(kind));

    /// <summary>Calls of one request are one turn.</summary>
    private void Add(Turn turn, bool isNewRequest)
    {
        var turns = _draft.Turns;
        if (
            !isNewRequest
            && turn is { Role: TurnRole.Assistant, RequestId: { } request }
            && turns.Count > 0
            && turns[^1] is { Role: TurnRole.Assistant } last
            && last.RequestId == request
        )
        {
            turns[^1] = last with
            {
                Text =
                    last.Text.Length == 0 || turn.Text.Length == 0
                        ? last.Text + turn.Text
                        : $"{last.Text}\n{turn.Text}",
                ToolCalls = [.. last.ToolCalls, .. turn.ToolCalls],
            };
        }
        else
        {
            turns.Add(turn);
        }
    }

    private void Action(JsonElement record, string action, DateTimeOffset? time)
    {
        var args = LenientJson.Object(record, "args");
        var isUser = LenientJson.Text(record, "source") == "user";
        var thought = LenientJson.Text(args, "thought") ?? "";
        switch (action)
        {
            case "message":
                var text = LenientJson.Text(args, "content") ?? LenientJson.Text(record, "message") ?? "";
                if (text.Length > 0)
                {
                    _draft.Turns.Add(new Turn(isUser ? TurnRole.User : TurnRole.Assistant, text) { Time = time });
                }

                break;
            case "system" or "recall" or "change_agent_state" or "null" or "pause" or "resume" or "stop":
                _draft.Count(action);
                break;
            case "condensation" when LenientJson.Text(args, "summary") is { Length: > 0 } summary:
                _draft.Turns.Add(new Turn(TurnRole.User, summary) { Origin = TurnOrigin.Summary, Time = time });
                break;
            case "finish" or "reject":
                var last = LenientJson.Text(args, "final_thought") ?? LenientJson.Text(record, "message") ?? thought;
                if (last.Length > 0)
                {
                    _draft.Turns.Add(
                        new Turn(TurnRole.Assistant, last) { Time = time, RequestId = OpenHandsUsage.RequestOf(record) }
                    );
                }

                break;
            default:
                if (isUser)
                {
                    // What the user did in the workspace.
                    _draft.Turns.Add(
                        new Turn(TurnRole.User, $"{action} {args?.GetRawText()}")
                        {
                            Origin = TurnOrigin.Harness,
                            Time = time,
                        }
                    );
                }
                else
                {
                    Call(record, action, thought, args, time);
                }

                break;
        }
    }

    private void Call(JsonElement record, string action, string thought, JsonElement? args, DateTimeOffset? time)
    {
        var metadata = LenientJson.Object(record, "tool_call_metadata");
        var id =
            LenientJson.Name(metadata, "tool_call_id")
            ?? $"event-{LenientJson.NameOrNumber(record, "id") ?? "unknown"}";
        var written = OpenHandsUsage.WrittenCall(metadata, id);
        _openCall = id;
        var call = new ToolCall(
            id,
            LenientJson.Name(metadata, "function_name") ?? LenientJson.Name(written, "name") ?? action,
            ToolInput.Of(LenientJson.Get(written, "arguments") ?? WithoutThought(args))
        );
        Add(
            new Turn(TurnRole.Assistant, thought)
            {
                ToolCalls = [call],
                RequestId = OpenHandsUsage.RequestOf(record),
                Time = time,
            },
            isNewRequest: false
        );
    }

    private static JsonElement? WithoutThought(JsonElement? args) =>
        args is { } o
            ? JsonSerializer.SerializeToElement(
                o.EnumerateObject()
                    .Where(m => m.Name != "thought")
                    .GroupBy(m => m.Name, StringComparer.Ordinal)
                    .ToDictionary(m => m.Key, m => m.Last().Value, StringComparer.Ordinal)
            )
            : null;

    private void Observation(JsonElement record, string observation, DateTimeOffset? time)
    {
        if (observation is "agent_state_changed" or "recall" or "null" or "success")
        {
            _draft.Count(observation);
            return;
        }

        var extras = LenientJson.Object(record, "extras");
        var code =
            LenientJson.Whole(extras, "exit_code")
            ?? LenientJson.Whole(LenientJson.Object(extras, "metadata"), "exit_code");
        _draft.Turns.Add(
            new Turn(TurnRole.Tool, LenientJson.Text(record, "content") ?? "")
            {
                ToolCallId =
                    LenientJson.Name(LenientJson.Object(record, "tool_call_metadata"), "tool_call_id")
                    ?? (LenientJson.Whole(record, "cause") is { } cause ? $"event-{cause}" : _openCall),
                IsError = observation == "error" || code is not (null or 0 or -1),
                Time = time,
            }
        );
    }
}
