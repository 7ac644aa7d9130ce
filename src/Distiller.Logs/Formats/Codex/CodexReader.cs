using System.Text.Json;
using Distiller.Logs.Reading;

namespace Distiller.Logs.Formats.Codex;

/// <summary>Makes an episode of a rollout's lines.</summary>
internal sealed class CodexReader : SessionReader
{
    private const int ExitCodesMax = 4096;

    private readonly SessionDraft _draft = new(CodexFormat.FormatName);
    private readonly Dictionary<string, long> _exitCodes = new(StringComparer.Ordinal);
    private readonly CodexUsage _usage = new();

    /// <summary>Whether items of the answer being written go on with the last turn.</summary>
    private bool _answering;

    public override bool IsRepeatable(JsonElement record) => LenientJson.Get(record, "timestamp") is null;

    public override bool IsHeader(JsonElement record) =>
        LenientJson.Text(record, "type") == "session_meta" || CodexLine.IsOldHeader(record);

    public override void Take(JsonElement record)
    {
        var time = LenientJson.Time(record, "timestamp");
        _draft.Saw(time);
        if (!CodexLine.IsWrapped(record))
        {
            TakeOld(record, time);
            return;
        }

        var payload = record.GetProperty("payload");
        switch (LenientJson.Text(record, "type"))
        {
            case "session_meta":
                Meta(payload);
                break;
            case "turn_context":
                _draft.Model = LenientJson.Name(payload, "model") ?? _draft.Model;
                _draft.Project ??= LenientJson.Name(payload, "cwd");
                _draft.Count("turn_context");
                break;
            case "response_item":
                Item(payload, time);
                break;
            case "compacted":
                Summary(LenientJson.Text(payload, "message"), time);
                break;
            default:
                Event(payload, time);
                break;
        }
    }

    public override Episode Finish(string tenant)
    {
        var name = _draft.Name ??= Fallback!;
        _usage.TellTo(_draft, name);
        _answering = false;
        return _draft.Finish(name, tenant);
    }

    private void TakeOld(JsonElement record, DateTimeOffset? time)
    {
        if (CodexLine.IsOldHeader(record))
        {
            if (LenientJson.Name(record, "id") is not null)
            {
                Meta(record);
            }

            return;
        }

        if (LenientJson.Get(record, "type") is null)
        {
            throw RecordJson.Wrong("type", "there");
        }

        Item(record, time);
    }

    /// <summary>The first one is the session's own; those that follow it at once were copied from the sessions it forked off.</summary>
    private void Meta(JsonElement meta)
    {
        var id = LenientJson.Name(meta, "id") ?? LenientJson.Name(meta, "session_id");
        _draft.Count("session_meta");
        if (_draft.Name is not null)
        {
            if (id is not null && id != _draft.Name && _draft.Parent is null)
            {
                _draft.TaskOf = id;
            }

            _usage.Origin(id);
            return;
        }

        _draft.Name = id;
        _draft.Project = LenientJson.Name(meta, "cwd");
        var git = LenientJson.Object(meta, "git");
        _draft.Repository = LenientJson.Name(git, "repository_url");
        _draft.Branch = LenientJson.Name(git, "branch");
        var origin = LenientJson.Name(meta, "forked_from_id");
        var source = LenientJson.Get(LenientJson.Object(meta, "source"), "subagent");
        var spawn = LenientJson.Object(source, "thread_spawn");
        _draft.Parent = LenientJson.Name(spawn, "parent_thread_id") ?? LenientJson.Name(meta, "parent_thread_id");
        if (source is not null || _draft.Parent is not null)
        {
            _draft.Agent = $"{CodexFormat.FormatName}/sub-agent";
        }
        else
        {
            _draft.TaskOf = origin;
        }

        _usage.Origin(id);
        _usage.Origin(origin);
    }

    private void Item(JsonElement item, DateTimeOffset? time)
    {
        var type = LenientJson.Text(item, "type") ?? (LenientJson.Get(item, "role") is null ? "" : "message");
        switch (type)
        {
            case "message":
                Message(item, time);
                break;
            case "function_call":
                Call(item, LenientJson.Name(item, "name"), ToolInput.Of(LenientJson.Get(item, "arguments")), time);
                break;
            case "custom_tool_call":
                var input = LenientJson.Get(item, "input");
                Call(
                    item,
                    LenientJson.Name(item, "name"),
                    input is { ValueKind: JsonValueKind.String } text
                        ? ToolInput.Named("input", LenientJson.Clean(text))
                        : ToolInput.Of(input),
                    time
                );
                break;
            case "local_shell_call" or "web_search_call" or "tool_search_call" or "image_generation_call":
                Call(item, type[..^"_call".Length], ToolInput.Of(LenientJson.Object(item, "action")), time);
                break;
            case "function_call_output" or "custom_tool_call_output":
                Output(item, time);
                break;
            default:
                _draft.Count(type.Length == 0 ? "response_item" : type);
                break;
        }
    }

    private void Message(JsonElement item, DateTimeOffset? time)
    {
        var content = LenientJson.Get(item, "content");
        switch (LenientJson.Text(item, "role"))
        {
            case "assistant":
                Answer(ContentText.Of(content), [], time);
                break;
            case "user":
                _answering = false;
                var parts = ContentText.Parts(content).Where(p => p.Length > 0).ToList();
                Say(parts.Where(p => CodexLine.Request(p) is null), TurnOrigin.Harness, time);
                Say(parts.Select(CodexLine.Request).OfType<string>(), null, time);
                break;
            default:
                _draft.Count("message:other"); // Instructions to the model.
                break;
        }
    }

    private void Say(IEnumerable<string> texts, TurnOrigin? origin, DateTimeOffset? time)
    {
        var text = string.Join('\n', texts);
        if (text.Length > 0)
        {
            _draft.Turns.Add(new Turn(TurnRole.User, text) { Origin = origin, Time = time });
        }
    }

    private void Answer(string text, IReadOnlyList<ToolCall> calls, DateTimeOffset? time)
    {
        if (text.Length == 0 && calls.Count == 0)
        {
            return;
        }

        var turns = _draft.Turns;
        if (_answering && turns.Count > 0 && turns[^1] is { Role: TurnRole.Assistant } last)
        {
            turns[^1] = last with
            {
                Text = last.Text.Length == 0 || text.Length == 0 ? last.Text + text : $"{last.Text}\n{text}",
                ToolCalls = [.. last.ToolCalls, .. calls],
            };
        }
        else
        {
            turns.Add(new Turn(TurnRole.Assistant, text) { ToolCalls = calls, Time = time });
        }

        _answering = true;
    }

    private void Call(JsonElement item, string? name, string input, DateTimeOffset? time)
    {
        var id = LenientJson.Name(item, "call_id") ?? LenientJson.Name(item, "id") ?? $"call-{_draft.Turns.Count}";
        Answer("", [new ToolCall(id, name ?? "unknown", input)], time);
    }

    private void Output(JsonElement item, DateTimeOffset? time)
    {
        _answering = false;
        var id = LenientJson.Name(item, "call_id");
        var (text, isError) = CodexLine.Output(item);
        _draft.Turns.Add(
            new Turn(TurnRole.Tool, text)
            {
                ToolCallId = id,
                IsError = isError || (id is not null && _exitCodes.GetValueOrDefault(id) != 0),
                Time = time,
            }
        );
    }

    private void Summary(string? text, DateTimeOffset? time)
    {
        _answering = false;
        if (string.IsNullOrEmpty(text))
        {
            _draft.Count("compacted");
        }
        else
        {
            _draft.Turns.Add(new Turn(TurnRole.User, text) { Origin = TurnOrigin.Summary, Time = time });
        }
    }

    private void Event(JsonElement payload, DateTimeOffset? time)
    {
        var type = LenientJson.Text(payload, "type") ?? "event_msg";
        _draft.Count(type);
        switch (type)
        {
            case "token_count" when LenientJson.Object(payload, "info") is { } info:
                _answering &= !_usage.Take(info, time, _draft);
                break;
            case "exec_command_end" when _exitCodes.Count < ExitCodesMax:
                if (
                    LenientJson.Name(payload, "call_id") is { } id
                    && LenientJson.Whole(payload, "exit_code") is { } code and not 0
                )
                {
                    _exitCodes[id] = code;
                }

                break;
            case "thread_rolled_back":
                RollBack(LenientJson.Whole(payload, "num_turns") ?? 0);
                break;
        }
    }

    /// <summary>The user took back the last requests and what came of them; they were billed all the same.</summary>
    private void RollBack(long requests)
    {
        var turns = _draft.Turns;
        for (; requests > 0 && turns.FindLastIndex(t => t.IsRequest) is >= 0 and var last; requests--)
        {
            turns.RemoveRange(last, turns.Count - last);
        }
    }
}
