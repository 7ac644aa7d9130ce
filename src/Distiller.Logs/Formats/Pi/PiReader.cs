using System.Globalization;
using System.Text.Json;
using Distiller.Logs.Reading;

namespace Distiller.Logs.Formats.Pi;

/// <summary>Makes an episode of a session's entries: the turns of its live branch, the usage of all.</summary>
internal sealed class PiReader : SessionReader
{
    private readonly SessionDraft _draft = new(PiFormat.FormatName);
    private readonly SessionBranch _branch = new();
    private int _index;

    public PiReader(SourceFile file)
    {
        // OpenClaw keeps them below agents/NAME/sessions/.
        var folders = Path.GetFullPath(file.Path).Split(Path.DirectorySeparatorChar);
        if (folders.Length > 4 && folders[^2] == "sessions" && folders[^4] == "agents")
        {
            _draft.Agent = "openclaw";
        }
    }

    public static bool IsHeaderLine(JsonElement record) =>
        LenientJson.Text(record, "type") == "session"
        && LenientJson.Name(record, "id") is not null
        && LenientJson.Name(record, "timestamp") is not null
        && (LenientJson.Whole(record, "version") is not null || LenientJson.Name(record, "cwd") is not null);

    public override bool IsHeader(JsonElement record) => IsHeaderLine(record);

    public override bool IsRewritten(JsonElement record) => IsHeaderLine(record);

    public override bool IsRepeatable(JsonElement record) =>
        LenientJson.Get(record, "id") is null && LenientJson.Get(record, "timestamp") is null;

    public override void Take(JsonElement record)
    {
        var type = LenientJson.Text(record, "type") ?? throw RecordJson.Wrong("type", "there");
        var time = LenientJson.Time(record, "timestamp");
        _draft.Saw(time);
        if (type == "session")
        {
            _draft.Name ??= LenientJson.Name(record, "id");
            _draft.Project ??= LenientJson.Name(record, "cwd");
            return;
        }

        var id = LenientJson.Name(record, "id");
        var index = _index++;
        var isRoot =
            id is not null && record.TryGetProperty("parentId", out var p) && p.ValueKind == JsonValueKind.Null;
        _branch.Add(id, LenientJson.Name(record, "parentId"), Entry(record, type, id ?? $"{index}", time), isRoot);
    }

    public override Episode Finish(string tenant)
    {
        _draft.Turns.AddRange(_branch.Take());
        return _draft.Finish(_draft.Name ??= Fallback!, tenant);
    }

    private List<Turn> Entry(JsonElement record, string type, string id, DateTimeOffset? time)
    {
        switch (type)
        {
            case "message" when LenientJson.Object(record, "message") is { } message:
                return Message(message, id, LenientJson.Time(message, "timestamp") ?? time);
            case "compaction" or "branch_summary":
                return Said(LenientJson.Text(record, "summary"), TurnOrigin.Summary, time);
            case "custom_message":
                return Said(ContentText.Of(LenientJson.Get(record, "content")), TurnOrigin.Harness, time);
            case "model_change":
                _draft.Model = LenientJson.Name(record, "modelId") ?? LenientJson.Name(record, "model") ?? _draft.Model;
                break;
        }

        _draft.Count(type);
        return [];
    }

    private static List<Turn> Said(string? text, TurnOrigin? origin, DateTimeOffset? time) =>
        string.IsNullOrEmpty(text) ? [] : [new Turn(TurnRole.User, text) { Origin = origin, Time = time }];

    private List<Turn> Message(JsonElement message, string id, DateTimeOffset? time)
    {
        var content = LenientJson.Get(message, "content");
        switch (LenientJson.Text(message, "role"))
        {
            case "user":
                return Said(ContentText.Of(content), null, time);
            case "assistant":
                return Answer(message, id, time);
            case "toolResult":
                return
                [
                    new Turn(TurnRole.Tool, ContentText.Of(content))
                    {
                        ToolCallId = LenientJson.Name(message, "toolCallId"),
                        IsError = LenientJson.Flag(message, "isError") ?? false,
                        Time = time,
                    },
                ];
            case "bashExecution":
                // A command that the user ran from within the session.
                var output = LenientJson.Text(message, "output");
                return Said($"$ {LenientJson.Text(message, "command")}\n{output}".Trim(), TurnOrigin.Harness, time);
            case "custom" or "hookMessage":
                return Said(ContentText.Of(content), TurnOrigin.Harness, time);
            case "compactionSummary" or "branchSummary":
                return Said(LenientJson.Text(message, "summary"), TurnOrigin.Summary, time);
            default:
                _draft.Count("message:other");
                return [];
        }
    }

    private List<Turn> Answer(JsonElement message, string id, DateTimeOffset? time)
    {
        var texts = new List<string>();
        var calls = new List<ToolCall>();
        if (LenientJson.Text(message, "content") is { Length: > 0 } text)
        {
            texts.Add(text);
        }

        foreach (var part in LenientJson.Items(message, "content"))
        {
            switch (LenientJson.Text(part, "type"))
            {
                case "text":
                    texts.Add(LenientJson.Text(part, "text") ?? "");
                    break;
                case "toolCall":
                    calls.Add(
                        new ToolCall(
                            LenientJson.Name(part, "id")
                                ?? string.Create(CultureInfo.InvariantCulture, $"call-{id}-{calls.Count}"),
                            LenientJson.Name(part, "name") ?? "unknown",
                            ToolInput.Of(LenientJson.Get(part, "arguments"))
                        )
                    );
                    break;
                case { } kind:
                    _draft.Count(kind);
                    break;
            }
        }

        var request = Usage(message, id, time);
        var said = string.Join('\n', texts.Where(t => t.Length > 0));
        return said.Length == 0 && calls.Count == 0
            ? []
            :
            [
                new Turn(TurnRole.Assistant, said)
                {
                    ToolCalls = calls,
                    RequestId = request,
                    Time = time,
                },
            ];
    }

    private string? Usage(JsonElement message, string id, DateTimeOffset? time)
    {
        var model = LenientJson.Name(message, "model");
        _draft.Model = model ?? _draft.Model;
        if (LenientJson.Object(message, "usage") is not { } usage)
        {
            return null;
        }

        var counts = new TokenCounts(usage);
        // A branch that was copied into a session of its own keeps its entries' ids and times: together they name a request.
        var request =
            LenientJson.Name(message, "responseId")
            ?? (
                time is { } t
                    ? string.Create(CultureInfo.InvariantCulture, $"{id}@{t.ToUnixTimeMilliseconds()}")
                    : $"{_draft.Name ?? Fallback}/{id}"
            );
        _draft.Request(
            request,
            new Usage(counts.Of("input"), counts.Of("cacheRead"), counts.Of("cacheWrite"), counts.Of("output")),
            counts,
            model
        );
        return request;
    }
}
