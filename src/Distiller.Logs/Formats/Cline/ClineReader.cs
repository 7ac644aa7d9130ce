using System.Globalization;
using System.Text.Json;
using Distiller.Logs.Reading;

namespace Distiller.Logs.Formats.Cline;

/// <summary>Makes an episode of a task's messages.</summary>
internal sealed class ClineReader(SourceFile file) : SessionReader
{
    private readonly SessionDraft _draft = new(ClineFormat.FormatName) { Name = TaskId(file) };
    private int _index;

    /// <summary>Of calls that the model wrote in its text, those that still await their result.</summary>
    private readonly Queue<string> _open = new();

    public override bool IsRepeatable(JsonElement record) => true;

    public override void Take(JsonElement record)
    {
        if (RecordJson.Is(record, "messages", JsonValueKind.Array))
        {
            IsWhole = true;
            _draft.Name = LenientJson.Name(record, "sessionId") ?? _draft.Name;
            foreach (var message in LenientJson.Items(record, "messages"))
            {
                Message(message);
            }
        }
        else if (LenientJson.Name(record, "role") is not null)
        {
            Message(record);
        }
        else
        {
            throw RecordJson.Wrong("role", "there");
        }
    }

    public override Episode Finish(string tenant)
    {
        var name = _draft.Name ??= Fallback!;
        ClineUsage.TellTo(_draft, file, name);
        return _draft.Finish(name, tenant);
    }

    /// <summary>
    /// A task's folder is named by its id: a time in milliseconds (Cline), or a UUID (Roo). A copy of the file elsewhere is named
    /// by its first message.
    /// </summary>
    private static string? TaskId(SourceFile file)
    {
        const int millisecondDigits = 13;
        var folder = Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(file.Path))) ?? "";
        return Guid.TryParse(folder, out _) || (folder.Length == millisecondDigits && folder.All(char.IsAsciiDigit))
            ? folder
            : null;
    }

    private void Message(JsonElement message)
    {
        var index = _index++;
        var time = LenientJson.Time(message, "ts");
        _draft.Saw(time);
        var content = LenientJson.Get(message, "content");
        switch (LenientJson.Text(message, "role"))
        {
            case "user" when LenientJson.Flag(message, "isSummary") == true:
                _draft.Turns.Add(
                    new Turn(TurnRole.User, ContentText.Of(content)) { Origin = TurnOrigin.Summary, Time = time }
                );
                break;
            case "user":
                User(content, time);
                break;
            case "assistant":
                Assistant(message, content, index, time);
                break;
            default:
                _draft.Count("message:other");
                break;
        }
    }

    private void User(JsonElement? content, DateTimeOffset? time)
    {
        if (content is not { ValueKind: JsonValueKind.Array } parts)
        {
            Say(ContentText.Of(content), time);
            return;
        }

        var awaited = false;
        foreach (var part in parts.EnumerateArray())
        {
            if (LenientJson.Text(part, "type") != "tool_result")
            {
                var said = ContentText.Of(part);
                if (awaited && ClineMessage.IsOutput(said))
                {
                    _draft.Turns[^1] = ClineMessage.Result(_draft.Turns[^1], said);
                    awaited = false;
                    continue;
                }

                Say(said, time);
                // What a tool gave back may stand in a part of its own behind the name of the call.
                awaited = _draft.Turns.Count > 0 && _draft.Turns[^1] is { Role: TurnRole.Tool, Text.Length: 0 };
                continue;
            }

            var text = ContentText.Of(LenientJson.Get(part, "content"));
            _draft.Turns.Add(
                new Turn(TurnRole.Tool, text)
                {
                    ToolCallId = LenientJson.Name(part, "tool_use_id"),
                    IsError = LenientJson.Flag(part, "is_error") ?? false,
                    Time = time,
                }
            );
        }
    }

    private void Say(string text, DateTimeOffset? time)
    {
        foreach (var turn in ClineMessage.User(text).Where(t => t.Text.Length > 0 || t.Role == TurnRole.Tool))
        {
            var call = turn.Role == TurnRole.Tool && _open.TryDequeue(out var open) ? open : null;
            // A result without a call is what the harness says.
            _draft.Turns.Add(
                turn.Role == TurnRole.Tool && call is null
                    ? new Turn(TurnRole.User, turn.Text) { Origin = TurnOrigin.Harness, Time = time }
                    : turn with
                    {
                        ToolCallId = call,
                        Time = time,
                    }
            );
        }
    }

    private void Assistant(JsonElement message, JsonElement? content, int index, DateTimeOffset? time)
    {
        _draft.Model =
            LenientJson.Name(LenientJson.Object(message, "modelInfo"), "id")
            ?? LenientJson.Name(LenientJson.Object(message, "modelInfo"), "modelId")
            ?? _draft.Model;
        var texts = new List<string>();
        var calls = new List<ToolCall>();
        IEnumerable<JsonElement> parts = content switch
        {
            { ValueKind: JsonValueKind.Array } list => list.EnumerateArray(),
            { } one => [one],
            null => [],
        };
        _open.Clear();
        foreach (var part in parts)
        {
            switch (part.ValueKind == JsonValueKind.String ? "text" : LenientJson.Text(part, "type"))
            {
                case "text":
                    var (text, written) = ClineMessage.Assistant(ContentText.Of(part), index);
                    texts.Add(text);
                    calls.AddRange(written);
                    written.ForEach(c => _open.Enqueue(c.Id));
                    break;
                case "tool_use":
                    calls.Add(
                        new ToolCall(
                            LenientJson.Name(part, "id")
                                ?? string.Create(CultureInfo.InvariantCulture, $"call-{index}-{calls.Count}"),
                            LenientJson.Name(part, "name") ?? "unknown",
                            ToolInput.Of(LenientJson.Get(part, "input"))
                        )
                    );
                    break;
                case { } kind:
                    _draft.Count(kind);
                    break;
            }
        }

        var said = string.Join('\n', texts.Where(t => t.Length > 0));
        if (said.Length > 0 || calls.Count > 0)
        {
            _draft.Turns.Add(new Turn(TurnRole.Assistant, said) { ToolCalls = calls, Time = time });
        }
    }
}
