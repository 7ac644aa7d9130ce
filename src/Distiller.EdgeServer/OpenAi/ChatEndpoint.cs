using System.Text.Json;
using Distiller.Core;
using Distiller.Edge.Chat;
using Distiller.EdgeServer.Recording;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;

namespace Distiller.EdgeServer.OpenAi;

/// <summary><c>POST /v1/chat/completions</c>: whole, or as server-sent events.</summary>
/// <param name="recorder">Null: nothing is written down.</param>
internal sealed class ChatEndpoint(IChatClient client, EpisodeRecorder? recorder)
{
    /// <summary>Names the model that answered, with the release where it was an adapter.</summary>
    public const string ModelHeader = "X-Distiller-Model";

    public async Task HandleAsync(HttpContext context)
    {
        using var body = await RequestBody.ReadAsync(context);
        var request = ChatRequest.Read(body.RootElement);
        var updates = client.GetStreamingResponseAsync(request.Messages, request.Options, context.RequestAborted);
        if (request.IsStream)
        {
            await StreamAsync(context, request, updates);
        }
        else
        {
            var all = new List<ChatResponseUpdate>();
            await foreach (var update in updates.WithCancellation(context.RequestAborted))
            {
                all.Add(update);
            }

            var response = all.ToChatResponse();
            recorder?.Answered(request.Messages, request.Conversation, response);
            TellModel(context, response.ModelId, all.FirstOrDefault()?.AdditionalProperties);
            await context.Response.WriteAsJsonAsync(ChatAnswer.Whole(response), context.RequestAborted);
        }
    }

    private async Task StreamAsync(
        HttpContext context,
        ChatRequest request,
        IAsyncEnumerable<ChatResponseUpdate> updates
    )
    {
        var cancellation = context.RequestAborted;
        await using var each = updates.GetAsyncEnumerator(cancellation);
        // Whatever refuses the request does so before the first piece, while the status can still say it.
        var hasMore = await each.MoveNextAsync();
        if (hasMore)
        {
            TellModel(context, each.Current.ModelId, each.Current.AdditionalProperties);
        }

        context.Response.ContentType = "text/event-stream; charset=utf-8";
        context.Response.Headers.CacheControl = "no-cache";
        var calls = 0;
        var isFirst = true;
        var all = new List<ChatResponseUpdate>();
        try
        {
            for (; hasMore; hasMore = await each.MoveNextAsync())
            {
                all.Add(each.Current);
                if (each.Current.FinishReason is not null)
                {
                    // Before the client knows that it is over: it may tell the outcome at once.
                    recorder?.Answered(request.Messages, request.Conversation, all.ToChatResponse());
                }

                foreach (var chunk in ChatAnswer.Chunks(each.Current, isFirst, request.IncludeUsage, ref calls))
                {
                    await WriteAsync(context, chunk);
                }

                isFirst = false;
            }
        }
        catch (Exception e) when (ApiError.Of(e) is not null && !cancellation.IsCancellationRequested)
        {
            await WriteAsync(context, ApiError.Of(e)!.Body);
        }

        await context.Response.WriteAsync("data: [DONE]\n\n", cancellation);
    }

    private static void TellModel(HttpContext context, string? model, AdditionalPropertiesDictionary? properties)
    {
        var at = model?.IndexOf('@', StringComparison.Ordinal) ?? -1;
        var name =
            at >= 0 && properties?.GetValueOrDefault(EdgeChatClient.ReleaseProperty) is string release
                ? $"{model![..at]}@{release}"
                : model;
        // A header holds no line breaks, and no letters of other alphabets.
        context.Response.Headers[ModelHeader] = string.Concat((name ?? "").Where(c => c is > ' ' and <= '~'));
    }

    private static async Task WriteAsync(HttpContext context, object chunk)
    {
        await context.Response.WriteAsync(
            $"data: {JsonSerializer.Serialize(chunk, ChatAnswer.Json)}\n\n",
            context.RequestAborted
        );
        await context.Response.Body.FlushAsync(context.RequestAborted);
    }
}

/// <summary>Answers as OpenAI's API writes them.</summary>
internal static class ChatAnswer
{
    public static JsonSerializerOptions Json { get; } =
        new(JsonSerializerDefaults.Web)
        {
            Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        };

    public static object Whole(ChatResponse response)
    {
        var contents = response.Messages.SelectMany(m => m.Contents).ToList();
        var calls = contents.OfType<FunctionCallContent>().Select((c, i) => Call(c, null)).ToList();
        var text = string.Concat(contents.OfType<TextContent>().Select(c => c.Text));
        return new
        {
            id = response.ResponseId,
            @object = "chat.completion",
            created = Created(response.CreatedAt),
            model = response.ModelId,
            choices = new[]
            {
                new
                {
                    index = 0,
                    message = calls.Count > 0
                        ? (object)
                            new
                            {
                                role = "assistant",
                                content = text.Length > 0 ? text : null,
                                tool_calls = calls,
                            }
                        : new { role = "assistant", content = text },
                    logprobs = (object?)null,
                    finish_reason = response.FinishReason?.Value,
                },
            },
            usage = Usage(response.Usage),
        };
    }

    /// <param name="calls">Tool calls written so far.</param>
    public static IReadOnlyList<object> Chunks(
        ChatResponseUpdate update,
        bool isFirst,
        bool includeUsage,
        ref int calls
    )
    {
        var chunks = new List<object>();
        if (isFirst)
        {
            chunks.Add(Chunk(update, new { role = "assistant", content = "" }, null));
        }

        UsageDetails? usage = null;
        foreach (var content in update.Contents)
        {
            switch (content)
            {
                case TextContent text:
                    chunks.Add(Chunk(update, new { content = text.Text }, null));
                    break;
                case FunctionCallContent call:
                    chunks.Add(Chunk(update, new { tool_calls = new[] { Call(call, calls++) } }, null));
                    break;
                case UsageContent used:
                    usage = used.Details;
                    break;
            }
        }

        if (update.FinishReason is { } reason)
        {
            chunks.Add(Chunk(update, new { }, reason.Value));
            if (includeUsage)
            {
                chunks.Add(Chunk(update, null, null, Usage(usage)));
            }
        }

        return chunks;
    }

    private static object Chunk(ChatResponseUpdate update, object? delta, string? finish, object? usage = null) =>
        new
        {
            id = update.ResponseId,
            @object = "chat.completion.chunk",
            created = Created(update.CreatedAt),
            model = update.ModelId,
            choices = delta is null
                ? []
                : new[]
                {
                    new
                    {
                        index = 0,
                        delta,
                        finish_reason = finish,
                    },
                },
            usage,
        };

    private static object Call(FunctionCallContent call, int? index)
    {
        var function = new
        {
            name = call.Name,
            arguments = call.RawRepresentation is ToolCall raw
                ? raw.ArgumentsJson
                : JsonSerializer.Serialize(call.Arguments, AIJsonUtilities.DefaultOptions),
        };
        return index is { } at
            ? new
            {
                index = at,
                id = call.CallId,
                type = "function",
                function,
            }
            : new
            {
                id = call.CallId,
                type = "function",
                function,
            };
    }

    private static object? Usage(UsageDetails? usage) =>
        usage is null
            ? null
            : new
            {
                prompt_tokens = usage.InputTokenCount ?? 0,
                completion_tokens = usage.OutputTokenCount ?? 0,
                total_tokens = usage.TotalTokenCount ?? 0,
                prompt_tokens_details = new { cached_tokens = usage.CachedInputTokenCount ?? 0 },
            };

    private static long Created(DateTimeOffset? at) => (at ?? DateTimeOffset.UnixEpoch).ToUnixTimeSeconds();
}
