using System.Text.Json;
using Distiller.Logs.Reading;

namespace Distiller.Logs.Formats.GeminiCli;

/// <summary>
/// Makes an episode of a session: of its document, or of its lines, where a message is written again when more is known of it
/// and an update may bring all messages anew.
/// </summary>
internal sealed class GeminiReader(SourceFile file) : SessionReader
{
    private readonly SessionDraft _draft = new(GeminiCliFormat.FormatName);
    private readonly SessionBranch _branch = new();
    private int _index;

    public static bool IsHeaderLine(JsonElement record) =>
        LenientJson.Name(record, "sessionId") is not null
        && LenientJson.Name(record, "startTime") is not null
        && LenientJson.Get(record, "lastUpdated") is not null;

    public override bool IsHeader(JsonElement record) => IsHeaderLine(record);

    public override bool IsRewritten(JsonElement record) =>
        IsHeaderLine(record) && LenientJson.Get(record, "messages") is null;

    public override void Take(JsonElement record)
    {
        if (IsHeaderLine(record))
        {
            _draft.Name ??= LenientJson.Name(record, "sessionId");
            _draft.Saw(LenientJson.Time(record, "startTime"));
            if (LenientJson.Text(record, "kind") == "subagent")
            {
                _draft.Agent = $"{GeminiCliFormat.FormatName}/sub-agent";
                var folder = Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(file.Path)));
                _draft.Parent = folder is "chats" ? null : folder;
            }

            Messages(record);
        }
        else if (LenientJson.Object(record, "$set") is { } update)
        {
            _draft.Count("update");
            Messages(update);
        }
        else if (LenientJson.Name(record, "$rewindTo") is { } id)
        {
            _draft.Count("rewind");
            _branch.RewindTo(id);
        }
        else if (LenientJson.Name(record, "type") is not null)
        {
            Message(record);
        }
        else
        {
            throw RecordJson.Wrong("type", "there");
        }
    }

    public override Episode Finish(string tenant)
    {
        _draft.Turns.AddRange(_branch.Take());
        return _draft.Finish(_draft.Name ??= Fallback!, tenant);
    }

    private void Messages(JsonElement holder)
    {
        IsWhole |= LenientJson.Get(holder, "messages") is not null;
        foreach (var message in LenientJson.Items(holder, "messages"))
        {
            Message(message);
        }
    }

    private void Message(JsonElement message)
    {
        var index = _index++;
        var time = LenientJson.Time(message, "timestamp");
        var id = LenientJson.NameOrNumber(message, "id");
        _draft.Saw(time);
        var parts = new GenAiParts(LenientJson.Get(message, "content"), index);
        switch (LenientJson.Text(message, "type"))
        {
            case "user":
                var said = new List<Turn>(parts.Responses);
                if (parts.Text.Length > 0)
                {
                    said.Add(new Turn(TurnRole.User, parts.Text) { Time = time, Origin = Origin(parts.Text) });
                }

                _branch.Add(id, null, said);
                break;
            case "gemini":
                _branch.Add(id, null, Answer(message, parts, id, index, time));
                break;
            case { } kind:
                _draft.Count(kind); // A notice of the program: info, error, warning.
                break;
            default:
                _draft.Count("message:other");
                break;
        }
    }

    private List<Turn> Answer(JsonElement message, GenAiParts parts, string? id, int index, DateTimeOffset? time)
    {
        _draft.Model = LenientJson.Name(message, "model") ?? _draft.Model;
        var request = Usage(message, id ?? $"{index}");
        for (var i = LenientJson.Items(message, "thoughts").Count() + parts.Thoughts; i > 0; i--)
        {
            _draft.Count("thinking");
        }

        var turns = new List<Turn>();
        var calls = parts.Calls;
        var observations = new List<Turn>(parts.Responses);
        foreach (var call in LenientJson.Items(message, "toolCalls"))
        {
            var callId = LenientJson.Name(call, "id") ?? $"call-{index}-{calls.Count}";
            calls.Add(
                new ToolCall(
                    callId,
                    LenientJson.Name(call, "name") ?? "unknown",
                    ToolInput.Of(LenientJson.Get(call, "args"))
                )
            );
            if (Observation(call, callId, time, index) is { } observation)
            {
                observations.Add(observation);
            }
        }

        if (parts.Text.Length > 0 || calls.Count > 0)
        {
            turns.Add(
                new Turn(TurnRole.Assistant, parts.Text)
                {
                    ToolCalls = calls,
                    RequestId = request,
                    Time = time,
                }
            );
        }

        return [.. turns, .. observations];
    }

    /// <summary>What a call brought; null while it is still running, or where the log does not tell.</summary>
    private static Turn? Observation(JsonElement call, string id, DateTimeOffset? time, int index)
    {
        var responses = new GenAiParts(LenientJson.Get(call, "result"), index);
        var isError = LenientJson.Text(call, "status") is "error" or "cancelled";
        var text = string.Join(
            '\n',
            responses.Responses.Select(r => r.Text).Append(responses.Text).Where(t => t.Length > 0)
        );
        return text.Length == 0 && !isError && responses.Responses.Count == 0
            ? null
            : new Turn(TurnRole.Tool, text)
            {
                ToolCallId = id,
                IsError = isError || responses.Responses.Any(r => r.IsError),
                Time = LenientJson.Time(call, "timestamp") ?? time,
            };
    }

    private string? Usage(JsonElement message, string id)
    {
        if (LenientJson.Object(message, "tokens") is not { } tokens)
        {
            return null;
        }

        var counts = new TokenCounts(tokens);
        var input = counts.Of("input");
        var cached = Math.Min(input, counts.Of("cached"));
        var usage = new Usage(
            input - cached + counts.Of("tool"),
            cached,
            0,
            counts.Of("output") + counts.Of("thoughts")
        );
        var request = $"{_draft.Name ?? Fallback}/{id}";
        _draft.Request(request, usage, counts);
        return request;
    }

    /// <summary>Context that the program gives, and a command of it, are not the user's words.</summary>
    private static TurnOrigin? Origin(string text) =>
        text.StartsWith("<session_context>", StringComparison.Ordinal)
        || text.StartsWith("This is the Gemini CLI.", StringComparison.Ordinal)
            ? TurnOrigin.Harness
            : null;
}
