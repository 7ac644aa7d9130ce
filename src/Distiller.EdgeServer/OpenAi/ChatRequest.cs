using System.Text.Json;
using Distiller.Core;
using Distiller.Edge.Serving;
using Microsoft.Extensions.AI;
using AiMessage = Microsoft.Extensions.AI.ChatMessage;

namespace Distiller.EdgeServer.OpenAi;

/// <summary>
/// The body of <c>POST /v1/chat/completions</c> as messages and options of Microsoft.Extensions.AI. Fields that are not known
/// are ignored, as OpenAI does; those that cannot be honoured are refused by name.
/// </summary>
/// <param name="IncludeUsage">Whether a stream ends with its usage.</param>
/// <param name="Conversation">
/// The client's own name for the conversation that this request goes on with, from <c>metadata.conversation</c>; null: it has
/// none.
/// </param>
internal sealed record ChatRequest(
    IReadOnlyList<AiMessage> Messages,
    ChatOptions Options,
    bool IsStream,
    bool IncludeUsage,
    string? Conversation
)
{
    private const int MessagesMax = 10_000;
    private const int ToolsMax = 128;
    private const int StopsMax = 16;
    private const int ConversationCharsMax = 256;

    /// <exception cref="RequestRefusedException">A field is not what it must be.</exception>
    public static ChatRequest Read(JsonElement body)
    {
        var root = new RequestField(body, "");
        if (body.ValueKind is not JsonValueKind.Object)
        {
            throw root.Refuse("The body must be a JSON object.");
        }

        RefuseWhatIsNotThere(root);
        var messages = root.Get("messages")?.Items(MessagesMax).Select(Message).ToList() ?? [];
        if (messages.Count == 0)
        {
            throw new RequestRefusedException(
                "'messages' must be a list of at least one message.",
                "invalid_value",
                "messages"
            );
        }

        var options = new ChatOptions
        {
            ModelId = root.Get("model")?.Text(),
            Temperature = (float?)root.Get("temperature")?.Number(0, 2),
            TopP = (float?)root.Get("top_p")?.Number(0, 1),
            TopK = (int?)root.Get("top_k")?.Number(0, int.MaxValue),
            Seed = (long?)root.Get("seed")?.Number(long.MinValue, long.MaxValue),
            MaxOutputTokens = (int?)
                (root.Get("max_completion_tokens") ?? root.Get("max_tokens"))?.Number(1, int.MaxValue),
            StopSequences = Stops(root.Get("stop")),
            ResponseFormat = Format(root.Get("response_format")),
            AllowMultipleToolCalls = root.Get("parallel_tool_calls")?.Flag(),
        };
        if (root.Get("tools") is { } tools)
        {
            options.Tools = [.. tools.Items(ToolsMax).Select(Tool)];
        }

        options.ToolMode = Mode(root.Get("tool_choice"));
        return new ChatRequest(
            messages,
            options,
            root.Get("stream")?.Flag() ?? false,
            root.Get("stream_options")?.Get("include_usage")?.Flag() ?? false,
            NameOf(root.Get("metadata")?.Get("conversation"))
        );
    }

    private static string? NameOf(RequestField? field) =>
        field is null ? null
        : field.Text() is { Length: > 0 and <= ConversationCharsMax } name ? name
        : throw field.Refuse($"A name of 1 to {ConversationCharsMax} characters is expected here.");

    private static void RefuseWhatIsNotThere(RequestField root)
    {
        if (root.Get("n")?.Number(1, 128) is > 1)
        {
            throw root.Get("n")!.Refuse("One answer is given to a request: 'n' must be 1.");
        }

        foreach (var name in (string[])["presence_penalty", "frequency_penalty"])
        {
            if (root.Get(name)?.Number(-2, 2) is not (null or 0))
            {
                throw root.Get(name)!.Refuse($"'{name}' must be 0: this server has no penalties.");
            }
        }

        if (root.Get("logprobs")?.Flag() is true)
        {
            throw root.Get("logprobs")!.Refuse("'logprobs' must be false: this server gives none.");
        }
    }

    private static AiMessage Message(RequestField field)
    {
        var role = field.Get("role")?.Text() ?? throw field.Refuse("A message needs a 'role'.");
        var contents = Contents(field.Get("content"));
        if (role == "tool")
        {
            var id =
                field.Get("tool_call_id")?.Text() ?? throw field.Refuse("A tool's message needs a 'tool_call_id'.");
            return new AiMessage(
                ChatRole.Tool,
                [new FunctionResultContent(id, string.Concat(contents.OfType<TextContent>().Select(c => c.Text)))]
            );
        }

        if (role is not ("system" or "developer" or "user" or "assistant"))
        {
            throw field.Refuse($"There is no role '{role}'.");
        }

        if (role == "assistant" && field.Get("tool_calls") is { } calls)
        {
            contents.AddRange(calls.Items(ToolsMax).Select(Call));
        }

        return contents.Count > 0 || role == "assistant"
            ? new AiMessage(new ChatRole(role), contents)
            : throw field.Refuse("A message needs a 'content'.");
    }

    private static List<AIContent> Contents(RequestField? field)
    {
        if (field is null)
        {
            return [];
        }

        if (field.Value.ValueKind is JsonValueKind.String)
        {
            return [new TextContent(field.Text())];
        }

        return
        [
            .. field
                .Items(MessagesMax)
                .Select(part =>
                    part.Get("type")?.Text() is "text" or "refusal"
                        ? (AIContent)
                            new TextContent(
                                (part.Get("text") ?? part.Get("refusal"))?.Text()
                                    ?? throw part.Refuse("A text part needs a 'text'.")
                            )
                        : throw part.Refuse("This model reads text only.")
                ),
        ];
    }

    private static FunctionCallContent Call(RequestField field)
    {
        var id = field.Get("id")?.Text() ?? throw field.Refuse("A tool call needs an 'id'.");
        var function = field.Get("function") ?? throw field.Refuse("A tool call needs a 'function'.");
        var name = function.Get("name")?.Text() ?? throw function.Refuse("A function call needs a 'name'.");
        var arguments = function.Get("arguments")?.Text() is { Length: > 0 } text ? text : "{}";
        try
        {
            var parsed = JsonSerializer.Deserialize<Dictionary<string, object?>>(
                arguments,
                AIJsonUtilities.DefaultOptions
            );
            return new FunctionCallContent(id, name, parsed) { RawRepresentation = new ToolCall(id, name, arguments) };
        }
        catch (JsonException)
        {
            throw function.Refuse("'arguments' must be the text of a JSON object.");
        }
    }

    private static AIFunctionDeclaration Tool(RequestField field)
    {
        if (field.Get("type")?.Text() is not "function")
        {
            throw field.Refuse("A tool's 'type' must be 'function'.");
        }

        var function = field.Get("function") ?? throw field.Refuse("A tool needs a 'function'.");
        var name = function.Get("name")?.Text();
        if (
            name is not { Length: > 0 and <= 64 }
            || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.')
        )
        {
            throw function.Refuse("A function needs a 'name' of letters, digits, '_', '-' and '.', 64 at most.");
        }

        var schema = function.Get("parameters");
        return schema is null or { Value.ValueKind: JsonValueKind.Object }
            ? AIFunctionFactory.CreateDeclaration(
                name,
                function.Get("description")?.Text(),
                schema?.Value.Clone() ?? JsonSerializer.SerializeToElement(new { type = "object" }),
                null
            )
            : throw schema.Refuse("'parameters' must be a JSON schema.");
    }

    private static ChatToolMode? Mode(RequestField? field)
    {
        if (field is null)
        {
            return null;
        }

        if (field.Value.ValueKind is JsonValueKind.String)
        {
            return field.Text() switch
            {
                "auto" => ChatToolMode.Auto,
                "none" => ChatToolMode.None,
                "required" => ChatToolMode.RequireAny,
                _ => throw field.Refuse("'tool_choice' must be auto, none, required, or a function's name."),
            };
        }

        return field.Get("function")?.Get("name")?.Text() is { Length: > 0 } name
            ? ChatToolMode.RequireSpecific(name)
            : throw field.Refuse("'tool_choice' must be auto, none, required, or a function's name.");
    }

    private static ChatResponseFormat? Format(RequestField? field)
    {
        switch (field?.Get("type")?.Text())
        {
            case null when field is null:
            case "text":
                return null;
            case "json_object":
                return ChatResponseFormat.Json;
            case "json_schema":
                var named = field!.Get("json_schema") ?? throw field.Refuse("'json_schema' is missing.");
                var schema = named.Get("schema") ?? throw named.Refuse("'schema' is missing.");
                return ChatResponseFormat.ForJsonSchema(schema.Value.Clone(), named.Get("name")?.Text());
            default:
                throw field!.Refuse("'type' must be text, json_object or json_schema.");
        }
    }

    private static IList<string>? Stops(RequestField? field) =>
        field is null ? null
        : field.Value.ValueKind is JsonValueKind.String ? [field.Text()]
        : [.. field.Items(StopsMax).Select(s => s.Text())];
}

/// <summary>A value of a request's body, and its path for errors.</summary>
internal sealed record RequestField(JsonElement Value, string Path)
{
    /// <summary>Null: it is not there, or null.</summary>
    public RequestField? Get(string name)
    {
        if (Value.ValueKind is not JsonValueKind.Object)
        {
            throw Refuse("An object is expected here.");
        }

        return Value.TryGetProperty(name, out var found) && found.ValueKind is not JsonValueKind.Null
            ? new RequestField(found, Path.Length == 0 ? name : $"{Path}.{name}")
            : null;
    }

    public IEnumerable<RequestField> Items(int most)
    {
        if (Value.ValueKind is not JsonValueKind.Array)
        {
            throw Refuse("A list is expected here.");
        }

        return Value.GetArrayLength() <= most
            ? Value.EnumerateArray().Select((v, i) => new RequestField(v, $"{Path}[{i}]"))
            : throw Refuse($"At most {most} are taken.");
    }

    public string Text()
    {
        try
        {
            return Value.ValueKind is JsonValueKind.String
                ? Value.GetString()!
                : throw Refuse("A text is expected here.");
        }
        catch (InvalidOperationException)
        {
            throw Refuse("The text holds half of a surrogate pair.");
        }
    }

    public bool Flag() =>
        Value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw Refuse("true or false is expected here."),
        };

    public double Number(double least, double most) =>
        Value.ValueKind is JsonValueKind.Number
        && Value.TryGetDouble(out var number)
        && number >= least
        && number <= most
            ? number
            : throw Refuse($"A number from {least} to {most} is expected here.");

    public RequestRefusedException Refuse(string reason) =>
        new(Path.Length == 0 ? reason : $"{Path}: {reason}", "invalid_value", Path.Length == 0 ? null : Path);
}
