using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Distiller.Logs.Reading;
using Distiller.Logs.Scrubbing;

namespace Distiller.Logs.Formats.ClaudeCode;

/// <summary>
/// One line of a Claude Code session. User and assistant lines give turns; every other line (progress, system,
/// summary, snapshot) is an event. Progress lines that repeat a sub-agent's messages are not counted: its own file has them.
/// </summary>
internal static class ClaudeLine
{
    private const string Missing = "The line lacks what a message needs: ";
    private const string Remedy = "Correct or remove the line.";

    /// <summary>The kind of a line: its type, or the role of its message in older logs.</summary>
    public static string Kind(JsonElement line)
    {
        if (line.ValueKind != JsonValueKind.Object)
        {
            throw new BadRecordException("The line is not a JSON object.", Remedy);
        }

        if (RecordJson.Text(line, "type") is { } type)
        {
            return type;
        }

        return RecordJson.Object(line, "message") is { } message && RecordJson.Text(message, "role") is { } role
            ? role
            : throw new BadRecordException("The line has no type.", Remedy);
    }

    public static long Identity(JsonElement line, RawRecord record)
    {
        var uuid = RecordJson.Text(line, "uuid");
        var bytes = uuid is null ? record.Bytes.Span : Encoding.UTF8.GetBytes("uuid:" + uuid);
        return BinaryPrimitives.ReadInt64LittleEndian(SHA256.HashData(bytes));
    }

    public static ClaudeRecord Read(JsonElement line, string kind, long id, EpisodeScrubber scrubber)
    {
        var time = RecordJson.Time(line, "timestamp");
        return kind switch
        {
            "assistant" => Assistant(line, id, time, scrubber),
            "user" => new ClaudeRecord(id, User(Message(line), time, scrubber), null, [], time),
            _ => new ClaudeRecord(id, [], null, [Event(line, kind)], time),
        };
    }

    private static JsonElement Message(JsonElement line) =>
        RecordJson.Object(line, "message") ?? throw new BadRecordException(Missing + "no message.", Remedy);

    private static ClaudeRecord Assistant(JsonElement line, long id, DateTimeOffset? time, EpisodeScrubber scrubber)
    {
        var message = Message(line);
        var request = ClaudeRequest.Of(line, message, id);
        var text = new StringBuilder();
        var calls = new List<ToolCall>();
        var events = new List<string>();
        if (RecordJson.Get(message, "content") is not { } content)
        {
            return request is null
                ? throw new BadRecordException(Missing + "neither content nor usage.", Remedy)
                : new ClaudeRecord(id, [], request, ["usage-only"], time);
        }

        foreach (var part in Parts(content))
        {
            switch (part.Type)
            {
                case "text":
                    text.Append(text.Length > 0 ? "\n" : "").Append(RecordJson.RequiredText(part.Value, "text"));
                    break;
                case "tool_use":
                    calls.Add(Call(part.Value));
                    break;
                default:
                    events.Add(part.Type is "thinking" ? part.Type : $"content:{part.Type}");
                    break;
            }
        }

        if (text.Length == 0 && calls.Count == 0)
        {
            return new ClaudeRecord(id, [], request, events, time);
        }

        var turn = new Turn(TurnRole.Assistant, text.ToString())
        {
            ToolCalls = calls,
            RequestId = request?.Id,
            Time = time,
        };
        return new ClaudeRecord(id, [scrubber.Turn(turn)], request, events, time);
    }

    private static ToolCall Call(JsonElement part)
    {
        var input = RecordJson.Object(part, "input");
        return new ToolCall(
            RecordJson.RequiredText(part, "id"),
            RecordJson.RequiredText(part, "name"),
            input?.GetRawText() ?? "{}"
        );
    }

    private static List<Turn> User(JsonElement message, DateTimeOffset? time, EpisodeScrubber scrubber)
    {
        var content =
            RecordJson.Get(message, "content") ?? throw new BadRecordException(Missing + "no content.", Remedy);
        var turns = new List<Turn>();
        var text = new StringBuilder();
        foreach (var part in Parts(content))
        {
            if (part.Type == "tool_result")
            {
                var result = new Turn(TurnRole.Tool, Result(part.Value))
                {
                    ToolCallId = RecordJson.RequiredText(part.Value, "tool_use_id"),
                    IsError = RecordJson.Bool(part.Value, "is_error") ?? false,
                    Time = time,
                };
                turns.Add(scrubber.Turn(result));
            }
            else
            {
                var more = part.Type == "text" ? RecordJson.RequiredText(part.Value, "text") : $"[{part.Type}]";
                text.Append(text.Length > 0 ? "\n" : "").Append(more);
            }
        }

        if (text.Length > 0)
        {
            turns.Add(scrubber.Turn(new Turn(TurnRole.User, text.ToString()) { Time = time }));
        }

        return turns;
    }

    private static string Result(JsonElement part)
    {
        if (RecordJson.Get(part, "content") is not { } content)
        {
            return "";
        }

        return string.Join(
            '\n',
            Parts(content).Select(p => p.Type == "text" ? RecordJson.RequiredText(p.Value, "text") : $"[{p.Type}]")
        );
    }

    /// <summary>Content is a text, or a list of typed parts; a text is given as one part.</summary>
    private static IEnumerable<(string Type, JsonElement Value)> Parts(JsonElement content)
    {
        if (content.ValueKind == JsonValueKind.String)
        {
            using var wrapped = JsonDocument.Parse($"{{\"text\":{content.GetRawText()}}}");
            return [("text", wrapped.RootElement.Clone())];
        }

        if (content.ValueKind != JsonValueKind.Array)
        {
            throw RecordJson.Wrong("content", "a text or a list of parts");
        }

        return content
            .EnumerateArray()
            .Select(part =>
                part.ValueKind == JsonValueKind.Object
                    ? (RecordJson.RequiredText(part, "type"), part)
                    : throw RecordJson.Wrong("content", "a text or a list of parts")
            );
    }

    private static string Event(JsonElement line, string kind) =>
        kind switch
        {
            "progress" when RecordJson.Object(line, "data") is { } data && RecordJson.Text(data, "type") is { } type =>
                $"progress:{type}",
            "system" when RecordJson.Text(line, "subtype") is { } subtype => $"system:{subtype}",
            _ => kind,
        };
}

/// <summary>What one line of a session brings.</summary>
/// <param name="Id">Its identity: a hash of its uuid, or of its bytes where it has none.</param>
internal sealed record ClaudeRecord(
    long Id,
    IReadOnlyList<Turn> Turns,
    ModelRequest? Request,
    IReadOnlyList<string> Events,
    DateTimeOffset? Time
);
