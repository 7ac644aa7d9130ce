using System.Text;
using System.Text.Json;

namespace Distiller.Core;

/// <summary>
/// How turns are written for a small model: tool calls as <c>&lt;tool_call&gt;{"name":…,"arguments":…}&lt;/tool_call&gt;</c>
/// in the assistant's text, observations as <c>&lt;tool_response&gt;…&lt;/tool_response&gt;</c> in a user message. It is the
/// form of the Qwen and Hermes chat templates, and it needs nothing of a template but roles and contents.
/// </summary>
public static class Conversation
{
    public const string CallOpen = "<tool_call>";
    public const string CallClose = "</tool_call>";

    /// <summary>System turns are left out: what stands in their place is the caller's choice (that is the product).</summary>
    /// <param name="places">Is given, for each turn, the index of the message it went into; -1 for a system turn.</param>
    public static IReadOnlyList<ChatMessage> ToMessages(
        string? system,
        IEnumerable<Turn> turns,
        ICollection<int>? places = null
    )
    {
        var messages = new List<ChatMessage>();
        if (!string.IsNullOrEmpty(system))
        {
            messages.Add(new ChatMessage("system", system));
        }

        foreach (var turn in turns)
        {
            if (turn.Role == TurnRole.System)
            {
                places?.Add(-1);
                continue;
            }

            var message = ToMessage(turn);
            // Consecutive observations (parallel calls) become one user message: templates expect alternation.
            if (messages.Count > 0 && messages[^1].Role == message.Role)
            {
                messages[^1] = message with { Content = messages[^1].Content + "\n" + message.Content };
            }
            else
            {
                messages.Add(message);
            }

            places?.Add(messages.Count - 1);
        }

        return messages;
    }

    public static ChatMessage ToMessage(Turn turn) =>
        turn.Role switch
        {
            TurnRole.Assistant => new ChatMessage("assistant", AssistantText(turn)),
            TurnRole.Tool => new ChatMessage("user", $"<tool_response>\n{turn.Text}\n</tool_response>"),
            TurnRole.System => new ChatMessage("system", turn.Text),
            _ => new ChatMessage("user", turn.Text),
        };

    /// <summary>Reads the tool calls out of an assistant's text; a call whose JSON is broken is left out.</summary>
    public static IReadOnlyList<ToolCall> ParseToolCalls(string text)
    {
        var calls = new List<ToolCall>();
        for (
            var at = text.IndexOf(CallOpen, StringComparison.Ordinal);
            at >= 0;
            at = text.IndexOf(CallOpen, at, StringComparison.Ordinal)
        )
        {
            at += CallOpen.Length;
            var end = text.IndexOf(CallClose, at, StringComparison.Ordinal);
            var json = end < 0 ? text[at..] : text[at..end];
            if (TryParseCall(json, calls.Count) is { } call)
            {
                calls.Add(call);
            }
        }

        return calls;
    }

    private static string AssistantText(Turn turn)
    {
        var text = new StringBuilder(turn.Text.Trim());
        foreach (var call in turn.ToolCalls)
        {
            if (text.Length > 0)
            {
                text.Append('\n');
            }

            text.Append(CallOpen)
                .Append("\n{\"name\": ")
                .Append(JsonSerializer.Serialize(call.Name, EpisodeJson.Options))
                .Append(", \"arguments\": ")
                .Append(call.ArgumentsJson)
                .Append("}\n")
                .Append(CallClose);
        }

        return text.ToString();
    }

    private static ToolCall? TryParseCall(string json, int index)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            return
                root.ValueKind == JsonValueKind.Object
                && root.TryGetProperty("name", out var name)
                && name.ValueKind == JsonValueKind.String
                && root.TryGetProperty("arguments", out var arguments)
                && arguments.ValueKind == JsonValueKind.Object
                ? new ToolCall($"call-{index}", name.GetString()!, arguments.GetRawText())
                : null;
        }
        catch (Exception e) when (e is JsonException or ArgumentException or InvalidOperationException)
        {
            // The last two: halves of surrogate pairs, raw or escaped, which are no text.
            return null; // The model wrote no call; the caller counts it as such.
        }
    }
}

/// <summary>A message as a chat template takes it. Role: <c>system</c>, <c>user</c> or <c>assistant</c>.</summary>
public sealed record ChatMessage(string Role, string Content);
