using System.Text;
using System.Text.Json;
using Distiller.Logs.Reading;

namespace Distiller.Logs.Formats.ClaudeCode;

/// <summary>
/// The content of a message: a text, or a list of typed parts. A part that is not as it should be costs itself and is counted;
/// the other parts and the message's usage stay.
/// </summary>
internal static class ClaudeContent
{
    private const string Defect = "content-defect";

    public static (string Text, IReadOnlyList<ToolCall> Calls, IReadOnlyList<string> Events) OfAssistant(
        JsonElement message
    )
    {
        var text = new StringBuilder();
        var calls = new List<ToolCall>();
        var events = new List<string>();
        foreach (var part in Parts(message, events))
        {
            switch (part.Type)
            {
                case "text":
                    Join(text, TextOf(part.Value, events));
                    break;
                case "tool_use":
                    if (CallOf(part.Value, events) is { } call)
                    {
                        calls.Add(call);
                    }

                    break;
                default:
                    events.Add(part.Type is "thinking" ? part.Type : $"content:{part.Type}");
                    break;
            }
        }

        return (text.ToString(), calls, events);
    }

    /// <summary>Observations first, then what was said; a text that the harness put beside a person's is a turn of its own.</summary>
    public static (IReadOnlyList<Turn> Turns, IReadOnlyList<string> Events) OfUser(
        JsonElement message,
        DateTimeOffset? time
    )
    {
        var turns = new List<Turn>();
        var events = new List<string>();
        var said = new StringBuilder();
        var notices = new StringBuilder();
        foreach (var part in Parts(message, events))
        {
            if (part.Type == "tool_result")
            {
                if (Observation(part.Value, time, events) is { } observation)
                {
                    turns.Add(observation);
                }

                continue;
            }

            var text = part.Type == "text" ? TextOf(part.Value, events) : $"[{part.Type}]";
            Join(HarnessText.Is(text) ? notices : said, text);
        }

        if (notices.Length > 0)
        {
            turns.Add(new Turn(TurnRole.User, notices.ToString()) { Time = time });
        }

        if (said.Length > 0)
        {
            turns.Add(new Turn(TurnRole.User, said.ToString()) { Time = time });
        }

        return (turns, events);
    }

    private static Turn? Observation(JsonElement part, DateTimeOffset? time, List<string> events)
    {
        if (TextMember(part, "tool_use_id") is not { } id)
        {
            events.Add(Defect);
            return null;
        }

        var text = new StringBuilder();
        foreach (var (type, value) in Parts(part, events, mayLack: true))
        {
            Join(text, type == "text" ? TextOf(value, events) : $"[{type}]");
        }

        return new Turn(TurnRole.Tool, text.ToString())
        {
            ToolCallId = id,
            IsError = RecordJson.Is(part, "is_error", JsonValueKind.True),
            Time = time,
        };
    }

    private static ToolCall? CallOf(JsonElement part, List<string> events)
    {
        if (TextMember(part, "id") is { } id && TextMember(part, "name") is { } name)
        {
            return new ToolCall(id, name, ToolInput.Of(RecordJson.Get(part, "input")));
        }

        events.Add(Defect);
        return null;
    }

    private static IEnumerable<(string Type, JsonElement Value)> Parts(
        JsonElement message,
        List<string> events,
        bool mayLack = false
    )
    {
        if (RecordJson.Get(message, "content") is not { } content)
        {
            if (!mayLack)
            {
                events.Add(Defect);
            }

            yield break;
        }

        if (content.ValueKind == JsonValueKind.String)
        {
            yield return ("text", content);
            yield break;
        }

        if (content.ValueKind != JsonValueKind.Array)
        {
            events.Add(Defect);
            yield break;
        }

        foreach (var part in content.EnumerateArray())
        {
            if (part.ValueKind == JsonValueKind.Object && TextMember(part, "type") is { } type)
            {
                yield return (type, part);
            }
            else
            {
                events.Add(Defect);
            }
        }
    }

    /// <summary>A text that is the whole content, or a text part's.</summary>
    private static string TextOf(JsonElement part, List<string> events)
    {
        if ((part.ValueKind == JsonValueKind.String ? part.GetString()! : TextMember(part, "text")) is { } text)
        {
            return text;
        }

        events.Add(Defect);
        return "";
    }

    private static string? TextMember(JsonElement part, string name) =>
        RecordJson.Is(part, name, JsonValueKind.String) ? part.GetProperty(name).GetString()! : null;

    private static void Join(StringBuilder text, string more)
    {
        if (more.Length > 0)
        {
            text.Append(text.Length > 0 ? "\n" : "").Append(more);
        }
    }
}
