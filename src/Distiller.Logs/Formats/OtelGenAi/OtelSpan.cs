using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Distiller.Logs.Reading;

namespace Distiller.Logs.Formats.OtelGenAi;

internal enum OtelOperation
{
    /// <summary>A request to a model.</summary>
    Chat,

    /// <summary>A tool that the agent carried out.</summary>
    Tool,

    /// <summary>An agent, a workflow or an embedding: it tells names, and its tokens are those of the requests in it.</summary>
    Other,
}

/// <summary>A span that tells of a generative model's work.</summary>
internal sealed class OtelSpan
{
    private const string UsagePrefix = "gen_ai.usage.";

    private static readonly HashSet<string> ChatOperations = new(StringComparer.OrdinalIgnoreCase)
    {
        "chat",
        "completion",
        "text_completion",
        "generate_content",
        "responses",
    };

    public required OtelOperation Operation { get; init; }

    /// <summary>For the lake's account of source records.</summary>
    public required long RecordId { get; init; }

    public required string? TraceId { get; init; }

    public required string? SpanId { get; init; }

    public required string? ParentId { get; init; }

    public required string? Conversation { get; init; }

    public required string? Agent { get; init; }

    public required string? Model { get; init; }

    public required string? ResponseId { get; init; }

    public required DateTimeOffset? Start { get; init; }

    public required DateTimeOffset? End { get; init; }

    public required bool IsError { get; init; }

    public required Usage Usage { get; init; }

    /// <summary>Of a chat, what was said; of a tool, its result as the only turn of the prompt.</summary>
    public required OtelMessages Messages { get; init; }

    /// <summary>What the span names, where neither conversation nor trace is told.</summary>
    public string FallbackName => RecordId.ToString("x16", CultureInfo.InvariantCulture);

    /// <returns>Null for a span of anything else, such as a query to a database.</returns>
    /// <exception cref="BadRecordException">A count of tokens is none.</exception>
    public static OtelSpan? Read(JsonElement span, OtelAttributes resource)
    {
        if (span.ValueKind != JsonValueKind.Object)
        {
            throw new BadRecordException("A span is not a JSON object.", "Correct the record.");
        }

        var attributes = new OtelAttributes(span);
        if (!attributes.Keys.Any(k => k.StartsWith("gen_ai.", StringComparison.Ordinal)))
        {
            return null;
        }

        var operation = OperationOf(attributes);
        var isError =
            LenientJson.NameOrNumber(LenientJson.Object(span, "status"), "code") is "2" or "STATUS_CODE_ERROR";
        var (trace, id) = (LenientJson.NameOrNumber(span, "traceId"), LenientJson.NameOrNumber(span, "spanId"));
        return new OtelSpan
        {
            Operation = operation,
            RecordId = Hash(trace is not null && id is not null ? $"{trace}/{id}" : span.GetRawText()),
            TraceId = trace,
            SpanId = id,
            ParentId = LenientJson.NameOrNumber(span, "parentSpanId"),
            Conversation = attributes.Text("gen_ai.conversation.id"),
            Agent = attributes.Text("gen_ai.agent.name") ?? resource.Text("service.name"),
            Model = attributes.Text("gen_ai.response.model", "gen_ai.request.model"),
            ResponseId = attributes.Text("gen_ai.response.id"),
            Start = Time(span, "startTimeUnixNano"),
            End = Time(span, "endTimeUnixNano"),
            IsError = isError,
            Usage = operation == OtelOperation.Chat ? UsageOf(attributes) : Usage.Zero,
            Messages =
                operation == OtelOperation.Tool
                    ? ToolResult(attributes, isError)
                    : OtelMessages.Of(attributes, LenientJson.Items(span, "events")),
        };
    }

    /// <summary>Instrumentations older than the operation's name are told by what a request has.</summary>
    private static OtelOperation OperationOf(OtelAttributes attributes)
    {
        var name = attributes.Text("gen_ai.operation.name", "llm.request.type");
        if (name is not null)
        {
            return ChatOperations.Contains(name) ? OtelOperation.Chat
                : name == "execute_tool" ? OtelOperation.Tool
                : OtelOperation.Other;
        }

        return attributes.Has("gen_ai.tool.name") ? OtelOperation.Tool
            : attributes.Has("gen_ai.request.model")
            || attributes.Keys.Any(k => k.StartsWith(UsagePrefix, StringComparison.Ordinal))
                ? OtelOperation.Chat
            : OtelOperation.Other;
    }

    /// <summary>
    /// The conventions count what the cache held as input. Instrumentations that hand on a provider's own smaller number are told
    /// by it: no part is larger than the whole.
    /// </summary>
    private static Usage UsageOf(OtelAttributes attributes)
    {
        var input = attributes.Tokens(UsagePrefix + "input_tokens", UsagePrefix + "prompt_tokens");
        var output = attributes.Tokens(UsagePrefix + "output_tokens", UsagePrefix + "completion_tokens");
        var read = attributes.Tokens(
            UsagePrefix + "cache_read.input_tokens",
            UsagePrefix + "cache_read_input_tokens",
            UsagePrefix + "cached_tokens"
        );
        var write = attributes.Tokens(
            UsagePrefix + "cache_creation.input_tokens",
            UsagePrefix + "cache_creation_input_tokens"
        );
        return read + write <= input
            ? PromptUsage.Of(input, read, write, output)
            : new Usage(input, read, write, output);
    }

    private static OtelMessages ToolResult(OtelAttributes attributes, bool isError)
    {
        var messages = new OtelMessages();
        messages.Prompt.Add(
            new Turn(TurnRole.Tool, attributes.Text("gen_ai.tool.call.result", "gen_ai.tool.message") ?? "")
            {
                ToolCallId = attributes.Text("gen_ai.tool.call.id"),
                IsError = isError,
            }
        );
        if (attributes.Text("gen_ai.tool.name") is { } name)
        {
            var arguments = JsonSerializer.SerializeToElement(attributes.Text("gen_ai.tool.call.arguments"));
            messages.Answer.Add(
                new Turn(TurnRole.Assistant, "")
                {
                    ToolCalls =
                    [
                        new ToolCall(attributes.Text("gen_ai.tool.call.id") ?? "", name, ToolInput.Of(arguments)),
                    ],
                }
            );
        }

        return messages;
    }

    private static DateTimeOffset? Time(JsonElement span, string name) =>
        long.TryParse(LenientJson.NameOrNumber(span, name), CultureInfo.InvariantCulture, out var nanoseconds)
        && nanoseconds > 0
            ? DateTimeOffset.UnixEpoch.AddTicks(nanoseconds / 1000 * TimeSpan.TicksPerMicrosecond)
            : null;

    private static long Hash(string text) =>
        BinaryPrimitives.ReadInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
