using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Distiller.Logs.Reading;
using Distiller.Scrubbing;

namespace Distiller.Logs.Formats.ClaudeCode;

/// <summary>
/// One line of a Claude Code session. User and assistant lines give turns; every other line (progress, system,
/// summary, snapshot) is an event. Progress lines that repeat a sub-agent's messages are not counted: its own file has them.
/// </summary>
internal static class ClaudeLine
{
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
        var record = new ClaudeRecord(id)
        {
            Uuid = RecordJson.Text(line, "uuid"),
            Parent = RecordJson.Text(line, "parentUuid"),
            Time = RecordJson.Time(line, "timestamp"),
            Folder = RecordJson.Text(line, "cwd"),
            Branch = RecordJson.Text(line, "gitBranch") is { Length: > 0 } branch ? branch : null,
        };
        return kind switch
        {
            "assistant" => Assistant(line, record, scrubber),
            "user" => User(line, record, scrubber),
            "result" => record with { Result = ResultOf(line), Events = [kind] },
            _ => record with { Events = [Event(line, kind)] },
        };
    }

    private static JsonElement Message(JsonElement line) =>
        RecordJson.Object(line, "message")
        ?? throw new BadRecordException("The line lacks what a message needs: no message.", Remedy);

    private static ClaudeRecord Assistant(JsonElement line, ClaudeRecord record, EpisodeScrubber scrubber)
    {
        var message = Message(line);
        if (IsMadeByClient(line, message))
        {
            return record with { Events = ["api-error"] };
        }

        var content = ClaudeContent.OfAssistant(message);
        var requests = ClaudeRequest.Of(line, message, record.Id);
        record = record with { Requests = requests, Events = content.Events };
        if (content.Text.Length == 0 && content.Calls.Count == 0)
        {
            return record;
        }

        var turn = new Turn(TurnRole.Assistant, content.Text)
        {
            ToolCalls = content.Calls,
            RequestId = requests.Count > 0 ? requests[0].Id : null,
            Time = record.Time,
        };
        return record with { Turns = [scrubber.Turn(turn)] };
    }

    /// <summary>An error that the client shows as if the model had said it: nobody was asked and nothing was billed.</summary>
    private static bool IsMadeByClient(JsonElement line, JsonElement message) =>
        RecordJson.Bool(line, "isApiErrorMessage") == true || RecordJson.Text(message, "model") == "<synthetic>";

    private static ClaudeRecord User(JsonElement line, ClaudeRecord record, EpisodeScrubber scrubber)
    {
        var content = ClaudeContent.OfUser(Message(line), record.Time);
        TurnOrigin? origin =
            RecordJson.Bool(line, "isCompactSummary") == true ? TurnOrigin.Summary
            : RecordJson.Bool(line, "isMeta") == true ? TurnOrigin.Harness
            : null;
        return record with
        {
            Events = content.Events,
            Turns =
            [
                .. content
                    .Turns.Select(t => t.Role == TurnRole.User && origin is not null ? t with { Origin = origin } : t)
                    .Select(HarnessText.Mark)
                    .Select(scrubber.Turn),
            ],
        };
    }

    private static ClaudeResult ResultOf(JsonElement line) =>
        new(
            RecordJson.Bool(line, "is_error") ?? false,
            RecordJson.Object(line, "usage") is { } usage ? ClaudeRequest.ToUsage(usage) : default
        );

    private static string Event(JsonElement line, string kind) =>
        kind switch
        {
            "progress" when RecordJson.Object(line, "data") is { } data && RecordJson.Text(data, "type") is { } type =>
                $"progress:{type}",
            "system" when RecordJson.Text(line, "subtype") is { } subtype => $"system:{subtype}",
            _ => kind,
        };
}
