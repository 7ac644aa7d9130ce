using System.Text.Json;
using Distiller.Logs.Reading;

namespace Distiller.Logs.Formats.ShareGpt;

/// <summary>
/// Conversations in the form of ShareGPT: a list of <c>from</c> and <c>value</c>, with <c>function_call</c> and
/// <c>observation</c> where tools were used.
/// </summary>
internal sealed class ShareGptFormat : RecordFormat
{
    private const string FormatName = "sharegpt";

    public override string Name => FormatName;

    public override string Title => "ShareGPT conversations";

    /// <summary>The ids of such data sets are numbers within a file, so the hash is part of the key.</summary>
    public override string Identity =>
        "a conversation; by its id and the hash of the record, so that two equal records are one";

    public override string OutcomeSource => "none";

    public override string UsageConvention => "none";

    internal override IReadOnlyList<RecordLayout> Layouts =>
        [RecordLayout.Array, RecordLayout.Lines, RecordLayout.Document];

    internal override IReadOnlyList<string> Members => ["conversations"];

    internal override bool Recognizes(JsonElement record) =>
        RecordJson.Is(record, "conversations", JsonValueKind.Array)
        && LenientJson
            .Items(record, "conversations")
            .Take(1)
            .Any(m => LenientJson.NameOrNumber(m, "from") is not null && m.TryGetProperty("value", out _));

    internal override Episode ToEpisode(JsonElement o, RecordContext context)
    {
        var messages = RecordJson.Array(o, "conversations") ?? throw RecordJson.Wrong("conversations", "there");
        var draft = new EpisodeDraft();
        if (LenientJson.Said(LenientJson.Get(o, "system")) is { Length: > 0 } system)
        {
            draft.Turns.Add(new Turn(TurnRole.System, system));
        }

        foreach (var message in messages.EnumerateArray())
        {
            Take(draft, message);
        }

        var hash = context.Raw.Sha256()[..12];
        return draft.ToEpisode(
            FormatName,
            LenientJson.NameOrNumber(o, "id") is { } id ? $"{id}/{hash}" : hash,
            context,
            $"{FormatName}/{PromptHash.Of(draft.Turns)}",
            Outcome.Unknown
        ) with
        {
            Model = LenientJson.NameOrNumber(o, "model"),
        };
    }

    private static void Take(EpisodeDraft draft, JsonElement message)
    {
        var text = LenientJson.Said(LenientJson.Get(message, "value"));
        switch (LenientJson.NameOrNumber(message, "from"))
        {
            case "human" or "user":
                draft.Turns.Add(new Turn(TurnRole.User, text));
                break;
            case "gpt" or "assistant" or "chatgpt" or "model" or "bard" or "bing":
                draft.Turns.Add(new Turn(TurnRole.Assistant, text));
                break;
            case "system":
                draft.Turns.Add(new Turn(TurnRole.System, text));
                break;
            case "function_call" or "tool_call":
                Call(draft, message, text);
                break;
            case "observation" or "tool" or "function_response" or "tool_response":
                draft.Turns.Add(new Turn(TurnRole.Tool, text) { ToolCallId = draft.LastCallId() });
                break;
            default:
                draft.Count("unreadable_message");
                break;
        }
    }

    /// <summary>One call or a list of them, as JSON in the text; what is no call stays what the assistant said.</summary>
    private static void Call(EpisodeDraft draft, JsonElement message, string text)
    {
        var value = LenientJson.Get(message, "value") is { ValueKind: JsonValueKind.Object or JsonValueKind.Array } told
            ? told
            : RecordJson.Nested(text);
        var listed =
            value is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray().ToArray()
            : value is { } one ? [one]
            : [];
        var calls = new List<ToolCall>();
        foreach (var call in listed)
        {
            if (LenientJson.NameOrNumber(call, "name") is { } name)
            {
                var arguments = LenientJson.Get(call, "arguments") ?? LenientJson.Get(call, "parameters");
                calls.Add(new ToolCall($"call-{draft.Turns.Count}-{calls.Count}", name, ToolInput.Of(arguments)));
            }
        }

        draft.Turns.Add(new Turn(TurnRole.Assistant, calls.Count > 0 ? "" : text) { ToolCalls = calls });
    }
}
