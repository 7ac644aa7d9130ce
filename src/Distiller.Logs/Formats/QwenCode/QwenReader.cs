using System.Text.Json;
using Distiller.Logs.Reading;

namespace Distiller.Logs.Formats.QwenCode;

/// <summary>Makes an episode of a session's lines: the turns of its live branch, the usage of all.</summary>
internal sealed class QwenReader : SessionReader
{
    private readonly SessionDraft _draft = new(QwenCodeFormat.FormatName);
    private readonly SessionBranch _branch = new();
    private int _index;

    public override bool IsRepeatable(JsonElement record) =>
        LenientJson.Get(record, "uuid") is null && LenientJson.Get(record, "timestamp") is null;

    public override void Take(JsonElement record)
    {
        var type = LenientJson.Text(record, "type") ?? throw RecordJson.Wrong("type", "there");
        var index = _index++;
        _draft.Name ??= LenientJson.Name(record, "sessionId");
        _draft.Project ??= LenientJson.Name(record, "cwd");
        _draft.Branch ??= LenientJson.Name(record, "gitBranch");
        var time = LenientJson.Time(record, "timestamp");
        _draft.Saw(time);
        var uuid = LenientJson.Name(record, "uuid");
        var isRoot =
            uuid is not null && record.TryGetProperty("parentUuid", out var p) && p.ValueKind == JsonValueKind.Null;
        var parts = new GenAiParts(LenientJson.Get(LenientJson.Object(record, "message"), "parts"), index);
        var turns = type switch
        {
            "user" => [.. parts.Responses, .. Said(parts.Text, null)],
            "assistant" => Answer(record, parts, uuid ?? $"{index}"),
            "tool_result" => Results(record, parts),
            _ => System(record, type),
        };
        _branch.Add(
            uuid,
            LenientJson.Name(record, "parentUuid"),
            [.. turns.Select(t => t with { Time = t.Time ?? time })],
            isRoot
        );
    }

    public override Episode Finish(string tenant)
    {
        _draft.Turns.AddRange(_branch.Take());
        return _draft.Finish(_draft.Name ??= Fallback!, tenant);
    }

    private static List<Turn> Said(string text, TurnOrigin? origin) =>
        text.Length == 0 ? [] : [new Turn(TurnRole.User, text) { Origin = origin }];

    private List<Turn> Answer(JsonElement record, GenAiParts parts, string id)
    {
        _draft.Model = LenientJson.Name(record, "model") ?? _draft.Model;
        for (var i = parts.Thoughts; i > 0; i--)
        {
            _draft.Count("thinking");
        }

        string? request = null;
        if (LenientJson.Object(record, "usageMetadata") is { } metadata)
        {
            // A uuid is one over all sessions, also where a fork copies the line.
            request = Guid.TryParse(id, out _) ? id : $"{_draft.Name ?? Fallback}/{id}";
            Usage(metadata, request);
        }

        return parts.Text.Length == 0 && parts.Calls.Count == 0
            ? []
            : [new Turn(TurnRole.Assistant, parts.Text) { ToolCalls = parts.Calls, RequestId = request }];
    }

    private List<Turn> Results(JsonElement record, GenAiParts parts)
    {
        var told = LenientJson.Object(record, "toolCallResult");
        var isError = LenientJson.Text(told, "status") is "error" or "cancelled";
        return
        [
            .. parts.Responses.Select(r =>
                r with
                {
                    ToolCallId = r.ToolCallId ?? LenientJson.Name(told, "callId"),
                    IsError = r.IsError || isError,
                }
            ),
            .. Said(parts.Text, TurnOrigin.Harness),
        ];
    }

    /// <summary>A record of the program; one that compresses the conversation brings the summary that stands in its place.</summary>
    private List<Turn> System(JsonElement record, string type)
    {
        var subtype = LenientJson.Name(record, "subtype");
        _draft.Count(subtype is null ? type : $"{type}:{subtype}");
        if (subtype != "chat_compression")
        {
            return [];
        }

        var first = LenientJson
            .Items(LenientJson.Object(record, "systemPayload"), "compressedHistory")
            .FirstOrDefault();
        return Said(new GenAiParts(LenientJson.Get(first, "parts"), 0).Text, TurnOrigin.Summary);
    }

    /// <summary>
    /// What was read from the cache is part of the prompt. Thoughts are counted beside the candidates by Google, within them by
    /// others: the total tells.
    /// </summary>
    private void Usage(JsonElement metadata, string request)
    {
        var counts = new TokenCounts(metadata);
        var prompt = counts.Of("promptTokenCount");
        var cached = Math.Min(prompt, counts.Of("cachedContentTokenCount"));
        var candidates = counts.Of("candidatesTokenCount");
        var thoughts = counts.Of("thoughtsTokenCount");
        var tools = counts.Of("toolUsePromptTokenCount");
        var total = counts.Of("totalTokenCount");
        var isWithin = thoughts > 0 && total > 0 && total == prompt + tools + candidates;
        _draft.Request(
            request,
            new Usage(prompt - cached + tools, cached, 0, candidates + (isWithin ? 0 : thoughts)),
            counts
        );
    }
}
