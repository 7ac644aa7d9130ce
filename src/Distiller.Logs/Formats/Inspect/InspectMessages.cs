using System.Text.Json;
using System.Text.RegularExpressions;
using Distiller.Logs.Reading;

namespace Distiller.Logs.Formats.Inspect;

/// <summary>A sample's messages. Long texts stand among its attachments, and a reference in their place.</summary>
internal sealed partial class InspectMessages
{
    private const string Scheme = "attachment://";

    /// <summary>An attachment that many messages refer to is written out for each: without a bound a small log could fill the memory.</summary>
    private const int AttachedCharsMax = 32 << 20;

    private readonly JsonElement? _attachments;
    private readonly EpisodeDraft _draft;
    private int _attachedChars;

    private InspectMessages(EpisodeDraft draft, JsonElement sample)
    {
        _draft = draft;
        _attachments = LenientJson.Object(sample, "attachments");
    }

    public static void Take(EpisodeDraft draft, JsonElement sample)
    {
        var reader = new InspectMessages(draft, sample);
        var messages = LenientJson.Items(sample, "messages").ToArray();
        if (messages.Length == 0)
        {
            messages = [.. LenientJson.Items(sample, "input")];
            if (LenientJson.Get(sample, "input") is { ValueKind: JsonValueKind.String } input)
            {
                draft.Turns.Add(new Turn(TurnRole.User, reader.Resolve(input.GetString()!)));
            }
        }

        foreach (var message in messages)
        {
            reader.Take(message);
        }
    }

    private void Take(JsonElement message)
    {
        var text = Resolve(LenientJson.Said(LenientJson.Get(message, "content")));
        switch (LenientJson.NameOrNumber(message, "role"))
        {
            case "system":
                _draft.Turns.Add(new Turn(TurnRole.System, text));
                break;
            case "user":
                _draft.Turns.Add(new Turn(TurnRole.User, text));
                break;
            case "assistant":
                _draft.Turns.Add(new Turn(TurnRole.Assistant, text) { ToolCalls = Calls(message) });
                break;
            case "tool":
                var error = LenientJson.Object(message, "error");
                var said = LenientJson.Said(LenientJson.Get(error, "message"));
                _draft.Turns.Add(
                    new Turn(TurnRole.Tool, text.Length > 0 ? text : Resolve(said))
                    {
                        ToolCallId = LenientJson.NameOrNumber(message, "tool_call_id") ?? _draft.LastCallId(),
                        IsError = error is not null,
                    }
                );
                break;
            default:
                _draft.Count("unreadable_message");
                break;
        }
    }

    private List<ToolCall> Calls(JsonElement message)
    {
        var calls = new List<ToolCall>();
        foreach (var call in LenientJson.Items(message, "tool_calls"))
        {
            if (LenientJson.NameOrNumber(call, "function") is { } name)
            {
                var arguments = LenientJson.Get(call, "arguments");
                calls.Add(
                    new ToolCall(
                        LenientJson.NameOrNumber(call, "id") ?? $"call-{_draft.Turns.Count}-{calls.Count}",
                        name,
                        ToolInput.Of(arguments)
                    )
                );
            }
            else
            {
                _draft.Count("unreadable_call");
            }
        }

        return calls;
    }

    private string Resolve(string text) =>
        _attachments is { } attachments && text.Contains(Scheme, StringComparison.Ordinal)
            ? Reference().Replace(text, match => Attached(attachments, match))
            : text;

    private string Attached(JsonElement attachments, Match reference)
    {
        if (
            !attachments.TryGetProperty(reference.ValueSpan[Scheme.Length..], out var value)
            || value.ValueKind != JsonValueKind.String
        )
        {
            return reference.Value;
        }

        var text = value.GetString()!;
        if (text.Length > AttachedCharsMax - _attachedChars)
        {
            _draft.Count("attachment_left_out");
            return reference.Value;
        }

        _attachedChars += text.Length;
        return text;
    }

    [GeneratedRegex("attachment://[0-9a-zA-Z]{1,128}")]
    private static partial Regex Reference();
}
