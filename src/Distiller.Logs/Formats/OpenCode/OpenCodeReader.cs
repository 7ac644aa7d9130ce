using System.Text.Json;
using Distiller.Logs.Reading;

namespace Distiller.Logs.Formats.OpenCode;

/// <summary>Makes an episode of a session's messages and their parts.</summary>
internal sealed class OpenCodeReader
{
    private readonly SessionDraft _draft = new(OpenCodeFormat.FormatName);

    /// <summary>The message that the user went back to: it and what follows are no longer of the conversation.</summary>
    private string? _reverted;
    private bool _isReverted;

    /// <param name="info">As its file tells it, or its row in the database.</param>
    public void Session(JsonElement info)
    {
        _draft.Name = LenientJson.Name(info, "id");
        _draft.Project = LenientJson.Name(info, "directory");
        _draft.Parent = LenientJson.Name(info, "parentID") ?? LenientJson.Name(info, "parent_id");
        if (_draft.Parent is not null)
        {
            _draft.Agent = $"{OpenCodeFormat.FormatName}/sub-agent";
        }

        _draft.Saw(
            LenientJson.Time(LenientJson.Object(info, "time"), "created") ?? LenientJson.Time(info, "time_created")
        );
        var revert =
            LenientJson.Object(info, "revert")
            ?? (LenientJson.Text(info, "revert") is { } json ? RecordJson.Nested(json) : null);
        _reverted = LenientJson.Name(revert, "messageID");
    }

    /// <param name="id">The message's, where it does not tell itself.</param>
    public void Message(JsonElement? message, string? id, IEnumerable<JsonElement> parts)
    {
        if (message is not { } told)
        {
            _draft.Count("message-defect");
            return;
        }

        id = LenientJson.Name(told, "id") ?? id ?? $"{_draft.Turns.Count}";
        _draft.Name ??= LenientJson.Name(told, "sessionID");
        _isReverted |= _reverted is not null && id == _reverted;
        var time = LenientJson.Time(LenientJson.Object(told, "time"), "created");
        _draft.Saw(time);
        var turns =
            LenientJson.Text(told, "role") == "user" ? User(parts, time)
            : LenientJson.Text(told, "role") == "assistant" ? Assistant(told, id, parts, time)
            : [];
        if (!_isReverted)
        {
            _draft.Turns.AddRange(turns);
        }
    }

    public Episode Finish(string tenant) => _draft.Finish(_draft.Name ??= "unnamed", tenant);

    private List<Turn> User(IEnumerable<JsonElement> parts, DateTimeOffset? time)
    {
        var said = new List<string>();
        var added = new List<string>();
        foreach (var part in parts)
        {
            switch (LenientJson.Text(part, "type"))
            {
                case "text" when LenientJson.Text(part, "text") is { Length: > 0 } text:
                    (LenientJson.Flag(part, "synthetic") == true ? added : said).Add(text);
                    break;
                case "file":
                    said.Add($"[file: {LenientJson.Text(part, "filename") ?? LenientJson.Text(part, "mime")}]");
                    break;
                case { } kind:
                    _draft.Count(kind);
                    break;
            }
        }

        return [.. Said(said, null, time), .. Said(added, TurnOrigin.Harness, time)];
    }

    private static IEnumerable<Turn> Said(List<string> texts, TurnOrigin? origin, DateTimeOffset? time) =>
        texts.Count == 0 ? [] : [new Turn(TurnRole.User, string.Join('\n', texts)) { Origin = origin, Time = time }];

    private List<Turn> Assistant(JsonElement message, string id, IEnumerable<JsonElement> parts, DateTimeOffset? time)
    {
        _draft.Model =
            LenientJson.Name(message, "modelID")
            ?? LenientJson.Name(LenientJson.Object(message, "model"), "modelID")
            ?? _draft.Model;
        var path = LenientJson.Object(message, "path");
        _draft.Project ??= LenientJson.Name(path, "root") ?? LenientJson.Name(path, "cwd");
        if (LenientJson.Object(message, "error") is { } error)
        {
            _draft.Count($"error:{LenientJson.Name(error, "name") ?? "unknown"}");
        }

        var request = $"{_draft.Name}/{id}";
        var steps = new OpenCodeSteps(_draft, request, time);
        foreach (var part in parts)
        {
            steps.Take(part);
        }

        var turns = steps.Finish(LenientJson.Object(message, "tokens"));
        // Of a compaction: what stands in place of the conversation before it.
        return LenientJson.Flag(message, "summary") == true
            ? [.. turns.Select(t => t.Role == TurnRole.Assistant ? Summary(t) : t)]
            : turns;
    }

    private static Turn Summary(Turn turn) =>
        new(TurnRole.User, turn.Text) { Origin = TurnOrigin.Summary, Time = turn.Time };
}
