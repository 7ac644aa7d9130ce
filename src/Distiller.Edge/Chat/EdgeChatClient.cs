using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Distiller.Core;
using Distiller.Edge.Grammars;
using Distiller.Edge.Serving;
using Microsoft.Extensions.AI;
using AiMessage = Microsoft.Extensions.AI.ChatMessage;

namespace Distiller.Edge.Chat;

/// <summary>The engine behind the interface of Microsoft.Extensions.AI. Safe from several threads.</summary>
internal sealed class EdgeChatClient(EdgeHost host, string? model) : IChatClient
{
    /// <summary>In the additional properties of an answer: the id of the release that gave it. Absent: the base did.</summary>
    public const string ReleaseProperty = "distiller.release";

    /// <summary>
    /// In the additional properties of an answer's last update: a <see cref="ScoredAnswer"/>. Absent: its release cannot tell.
    /// </summary>
    public const string ScoreProperty = "distiller.score";

    private const int OutputTokensDefault = 1024;

    public async Task<ChatResponse> GetResponseAsync(
        IEnumerable<AiMessage> messages,
        ChatOptions? options = null,
        CancellationToken cancellationToken = default
    )
    {
        var updates = new List<ChatResponseUpdate>();
        await foreach (var update in GetStreamingResponseAsync(messages, options, cancellationToken))
        {
            updates.Add(update);
        }

        return updates.ToChatResponse();
    }

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<AiMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        options ??= new ChatOptions();
        using var left = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var (resolved, request, hasTools) = Prepare(messages, options, left.Token);
        var generation = host.Engine.Submit(request);
        var id = $"chatcmpl-{Guid.NewGuid():N}";
        var created = TimeProvider.System.GetUtcNow();
        var reader = new AnswerReader(hasTools);
        var end = GenerationEnd.Stop;
        var written = request.IsMeasured ? new StringBuilder() : null;
        try
        {
            await foreach (var piece in generation.ReadAsync(cancellationToken))
            {
                end = piece.End ?? end;
                written?.Append(piece.Text);
                if (reader.Add(piece.Text) is { Length: > 0 } text)
                {
                    yield return Update(new TextContent(text));
                }
            }
        }
        finally
        {
            // Whoever stops reading needs the rest no more.
            await left.CancelAsync();
        }

        if (end == GenerationEnd.Timeout)
        {
            throw new TimeoutException($"The answer took longer than {request.TimeMax.TotalSeconds:N0} s.");
        }

        var (rest, calls) = reader.End(() => $"call_{Guid.NewGuid():N}");
        if (rest.Length > 0)
        {
            yield return Update(new TextContent(rest));
        }

        foreach (var call in calls)
        {
            yield return Update(call);
        }

        var usage = generation.Usage;
        var last = Update(
            new UsageContent(
                new UsageDetails
                {
                    InputTokenCount = usage.Prompt,
                    OutputTokenCount = usage.Output,
                    TotalTokenCount = usage.Prompt + usage.Output,
                    CachedInputTokenCount = usage.Cached,
                }
            )
        );
        last.FinishReason =
            end == GenerationEnd.Length ? ChatFinishReason.Length
            : calls.Count > 0 ? ChatFinishReason.ToolCalls
            : ChatFinishReason.Stop;
        if (resolved.Router is { } router && generation.Confidence is { } confidence)
        {
            var facts = new AnswerFacts(
                confidence,
                usage.Prompt,
                usage.Output,
                end == GenerationEnd.Length,
                written!.ToString()
            );
            last.AdditionalProperties![ScoreProperty] = new ScoredAnswer(router.Score(facts), router);
        }

        yield return last;

        ChatResponseUpdate Update(AIContent content) =>
            new(ChatRole.Assistant, [content])
            {
                ResponseId = id,
                MessageId = id,
                ModelId = resolved.Name,
                CreatedAt = created,
                AdditionalProperties = resolved.Release is { } release ? new() { [ReleaseProperty] = release } : null,
            };
    }

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is not null ? null
        : serviceType == typeof(ChatClientMetadata)
            ? new ChatClientMetadata("distiller", null, model ?? host.DefaultModel)
        : serviceType.IsInstanceOfType(this) ? this
        : null;

    /// <summary>The host is whoever opened it's to close.</summary>
    public void Dispose() { }

    private (ResolvedModel Model, GenerationRequest Request, bool HasTools) Prepare(
        IEnumerable<AiMessage> messages,
        ChatOptions options,
        CancellationToken cancellation
    )
    {
        var resolved = host.Catalog.Resolve(options.ModelId ?? model);
        var tools = Tools(options);
        var allowSeveral = options.AllowMultipleToolCalls ?? true;
        var prompt = Tokenize(ChatPrompt.Of(messages, options.Instructions, resolved.Adapter is null ? tools : []));
        var room = host.Engine.ContextTokens - prompt.Length;
        if (room < 1)
        {
            throw TooLong($"has {prompt.Length} tokens");
        }

        var request = new GenerationRequest
        {
            Prompt = prompt,
            Adapter = resolved.Adapter,
            Sampling = new SamplingOptions(
                options.Temperature ?? 0,
                options.TopP ?? 1,
                options.TopK ?? 0,
                options.Seed
            ),
            MaxTokens = Math.Min(options.MaxOutputTokens ?? OutputTokensDefault, room),
            IsMeasured = resolved.Router is not null,
            Stops = [.. (options.StopSequences ?? []).Where(s => s.Length > 0)],
            Grammar = Grammar(options, tools, allowSeveral),
            Trigger = tools.Count > 0 ? Conversation.CallOpen : null,
            TriggeredGrammar =
                tools.Count > 0 && options.ToolMode is not RequiredChatToolMode
                    ? ToolGrammar.AfterOpen(tools, allowSeveral)
                    : null,
            TimeMax = host.Engine.Options.TimeMax,
            Cancellation = cancellation,
        };
        return (resolved, request, tools.Count > 0);
    }

    private int[] Tokenize(IReadOnlyList<Core.ChatMessage> messages)
    {
        // A text that cannot fit is not tokenized first: that takes longer than reading it.
        var bytes = messages.Sum(m => (long)Encoding.UTF8.GetByteCount(m.Content));
        var least = bytes / host.Model.Tokenizer.LongestPiece;
        return least < host.Engine.ContextTokens
            ? host.Model.Tokenizer.TokenizePrompt(messages)
            : throw TooLong($"of {bytes} bytes has at least {least} tokens");
    }

    private static IReadOnlyList<ToolDescription> Tools(ChatOptions options)
    {
        if (options.Tools is not { Count: > 0 } given || options.ToolMode is NoneChatToolMode)
        {
            return [];
        }

        var tools = given
            .Select(t =>
                t is AIFunctionDeclaration function
                    ? new ToolDescription(function.Name, function.Description, function.JsonSchema)
                    : throw new RequestRefusedException(
                        $"The tool '{t.Name}' is no function; this model calls functions only.",
                        "unsupported_value",
                        "tools"
                    )
            )
            .ToList();
        return options.ToolMode is RequiredChatToolMode { RequiredFunctionName: { } named }
            ? tools.Where(t => t.Name == named).ToList() is { Count: > 0 } chosen
                ? chosen
                : throw new RequestRefusedException(
                    $"The request asks for the tool '{named}', which it does not describe.",
                    "invalid_value",
                    "tool_choice"
                )
            : tools;
    }

    private static string? Grammar(ChatOptions options, IReadOnlyList<ToolDescription> tools, bool allowSeveral)
    {
        if (options.ToolMode is RequiredChatToolMode)
        {
            return tools.Count > 0
                ? ToolGrammar.Required(tools, allowSeveral)
                : throw new RequestRefusedException(
                    "A tool call is required, and no tool is described.",
                    "invalid_value",
                    "tool_choice"
                );
        }

        if (options.ResponseFormat is not ChatResponseFormatJson json)
        {
            return null;
        }

        var grammar = new SchemaGrammar("response_format");
        return grammar.Write(
            json.Schema is { ValueKind: not JsonValueKind.Undefined } schema ? grammar.Add(schema) : JsonRules.Object
        );
    }

    private RequestRefusedException TooLong(string what) =>
        new(
            $"This model's context has {host.Engine.ContextTokens} tokens; the prompt {what}. Shorten it.",
            "context_length_exceeded",
            "messages"
        );
}

/// <summary>How likely an answer is right.</summary>
/// <param name="Right">0 to 1.</param>
/// <param name="Router">That says so.</param>
internal sealed record ScoredAnswer(double Right, AnswerRouter Router);
