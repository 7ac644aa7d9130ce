using System.Globalization;
using System.Text.Json;
using Distiller.Logs.Reading;

namespace Distiller.Logs.Formats;

/// <summary>The parts of a message as Google's models take and give them: texts, thoughts, calls of functions, responses.</summary>
internal sealed class GenAiParts
{
    private readonly List<string> _texts = [];

    /// <param name="parts">A text, a part, or a list of parts.</param>
    /// <param name="index">Of the message: names calls that have no id.</param>
    public GenAiParts(JsonElement? parts, int index)
    {
        if (parts is { ValueKind: JsonValueKind.Array } list)
        {
            foreach (var part in list.EnumerateArray())
            {
                Take(part, index);
            }
        }
        else if (parts is { } one)
        {
            Take(one, index);
        }
    }

    public string Text => string.Join('\n', _texts);

    public int Thoughts { get; private set; }

    public List<ToolCall> Calls { get; } = [];

    public List<Turn> Responses { get; } = [];

    private void Take(JsonElement part, int index)
    {
        if (part.ValueKind == JsonValueKind.String)
        {
            Say(LenientJson.Clean(part));
        }
        else if (LenientJson.Object(part, "functionCall") is { } call)
        {
            Calls.Add(
                new ToolCall(
                    LenientJson.Name(call, "id")
                        ?? string.Create(CultureInfo.InvariantCulture, $"call-{index}-{Calls.Count}"),
                    LenientJson.Name(call, "name") ?? "unknown",
                    ToolInput.Of(LenientJson.Get(call, "args"))
                )
            );
        }
        else if (LenientJson.Object(part, "functionResponse") is { } response)
        {
            Responses.Add(Response(response));
        }
        else if (LenientJson.Flag(part, "thought") == true)
        {
            Thoughts++;
        }
        else if (LenientJson.Text(part, "text") is { } text)
        {
            Say(text);
        }
        else if (
            part.ValueKind == JsonValueKind.Object
            && part.EnumerateObject().Select(p => p.Name).FirstOrDefault() is { } kind
        )
        {
            Say($"[{kind}]");
        }
    }

    /// <summary>What a function gave back: its <c>output</c>, or its <c>error</c>.</summary>
    public static Turn Response(JsonElement response)
    {
        var value = LenientJson.Get(response, "response");
        var error = LenientJson.Get(value, "error");
        var result = error ?? LenientJson.Get(value, "output") ?? value;
        return new Turn(
            TurnRole.Tool,
            result switch
            {
                { ValueKind: JsonValueKind.String } text => LenientJson.Clean(text),
                { ValueKind: JsonValueKind.Object or JsonValueKind.Array } json => json.GetRawText(),
                { } other => other.GetRawText(),
                null => "",
            }
        )
        {
            ToolCallId = LenientJson.Name(response, "id"),
            IsError = error is not null,
        };
    }

    private void Say(string text)
    {
        if (text.Length > 0)
        {
            _texts.Add(text);
        }
    }
}
