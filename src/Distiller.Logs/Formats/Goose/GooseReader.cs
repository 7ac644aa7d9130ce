using System.Text.Json;
using Distiller.Logs.Reading;

namespace Distiller.Logs.Formats.Goose;

/// <summary>Makes an episode of a session's header and messages.</summary>
internal sealed class GooseReader : SessionReader
{
    private readonly SessionDraft _draft = new(GooseFormat.FormatName);
    private Usage _total;

    public static bool IsHeaderLine(JsonElement record) =>
        LenientJson.Text(record, "working_dir") is not null
        && LenientJson.Get(record, "role") is null
        && (
            LenientJson.Text(record, "description") is not null
            || LenientJson.Whole(record, "message_count") is not null
            || LenientJson.Text(record, "session_type") is not null
        );

    public override bool IsRepeatable(JsonElement record) =>
        LenientJson.Get(record, "id") is null && LenientJson.Get(record, "created") is null;

    public override bool IsHeader(JsonElement record) => IsHeaderLine(record);

    public override bool IsRewritten(JsonElement record) => IsHeaderLine(record);

    public override void Take(JsonElement record)
    {
        if (LenientJson.Text(record, "role") is { } role)
        {
            Message(record, role);
        }
        else if (LenientJson.Get(record, "working_dir") is not null)
        {
            Header(record);
        }
        else
        {
            throw RecordJson.Wrong("role", "there");
        }
    }

    public override Episode Finish(string tenant)
    {
        _draft.Unattributed = _total;
        _total = default;
        return _draft.Finish(_draft.Name ??= Fallback!, tenant);
    }

    private void Header(JsonElement header)
    {
        _draft.Name ??= LenientJson.Name(header, "id");
        _draft.Project ??= LenientJson.Name(header, "working_dir");
        _draft.Saw(LenientJson.Time(header, "created_at"));
        if (LenientJson.Text(header, "session_type") is "sub_agent" or "subagent")
        {
            _draft.Agent = $"{GooseFormat.FormatName}/sub-agent";
        }

        var counts = new TokenCounts(header);
        // The others tell the size of the newest request.
        var total = new Usage(
            counts.Of("accumulated_input_tokens", "input_tokens"),
            0,
            0,
            counts.Of("accumulated_output_tokens", "output_tokens")
        );
        if (counts.IsDefective)
        {
            _draft.Count("usage-defect");
        }
        else
        {
            _total = total;
        }
    }

    private void Message(JsonElement message, string role)
    {
        var time = LenientJson.Time(message, "created");
        _draft.Saw(time);
        // In the database both are JSON within a text.
        var content = LenientJson.Get(message, "content") ?? Nested(message, "content_json");
        var texts = new List<string>();
        var calls = new List<ToolCall>();
        IEnumerable<JsonElement> parts = content switch
        {
            { ValueKind: JsonValueKind.Array } list => list.EnumerateArray(),
            { } one => [one],
            null => [],
        };
        foreach (var part in parts)
        {
            Part(part, role, time, texts, calls);
        }

        var text = string.Join('\n', texts.Where(t => t.Length > 0));
        if (role == "assistant" && (text.Length > 0 || calls.Count > 0))
        {
            _draft.Turns.Add(new Turn(TurnRole.Assistant, text) { ToolCalls = calls, Time = time });
        }
        else if (role == "user" && text.Length > 0)
        {
            // The agent speaks to itself in the user's name; the user does not see it.
            var metadata = LenientJson.Object(message, "metadata") ?? Nested(message, "metadata_json");
            TurnOrigin? origin =
                LenientJson.Flag(metadata, "userVisible") == false ? TurnOrigin.Harness
                : text.StartsWith("<info-msg>", StringComparison.Ordinal) ? TurnOrigin.Harness
                : null;
            _draft.Turns.Add(new Turn(TurnRole.User, text) { Origin = origin, Time = time });
        }
    }

    private JsonElement? Nested(JsonElement message, string name)
    {
        if (LenientJson.Text(message, name) is not { } json)
        {
            return null;
        }

        if (RecordJson.Nested(json) is { } nested)
        {
            return nested;
        }

        _draft.Count("content-defect");
        return null;
    }

    private void Part(JsonElement part, string role, DateTimeOffset? time, List<string> texts, List<ToolCall> calls)
    {
        var type = part.ValueKind == JsonValueKind.String ? "text" : LenientJson.Text(part, "type") ?? "";
        switch (type)
        {
            case "text":
                texts.Add(ContentText.Of(part));
                break;
            case "toolRequest" or "frontendToolRequest":
                var call = LenientJson.Object(LenientJson.Object(part, "toolCall"), "value");
                calls.Add(
                    new ToolCall(
                        LenientJson.Name(part, "id") ?? $"call-{_draft.Turns.Count}-{calls.Count}",
                        LenientJson.Name(call, "name") ?? "unknown",
                        ToolInput.Of(LenientJson.Get(call, "arguments"))
                    )
                );
                break;
            case "toolResponse":
                _draft.Turns.Add(Response(part) with { Time = time });
                break;
            case "image" when role == "user":
                texts.Add("[image]");
                break;
            default:
                _draft.Count(type.Length == 0 ? "content:other" : type);
                break;
        }
    }

    private static Turn Response(JsonElement part)
    {
        var result = LenientJson.Object(part, "toolResult");
        var value = LenientJson.Get(result, "value");
        var content = value is { ValueKind: JsonValueKind.Object } ? LenientJson.Get(value, "content") ?? value : value;
        var failed = LenientJson.Text(result, "status") == "error";
        return new Turn(TurnRole.Tool, failed ? LenientJson.Text(result, "error") ?? "" : ContentText.Of(content))
        {
            ToolCallId = LenientJson.Name(part, "id"),
            IsError = failed || LenientJson.Flag(value, "isError") == true,
        };
    }
}
