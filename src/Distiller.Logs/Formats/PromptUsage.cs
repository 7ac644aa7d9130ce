using System.Text.Json;
using Distiller.Logs.Reading;

namespace Distiller.Logs.Formats;

/// <summary>Usage in which the tokens of the cache are a part of the prompt's, as OpenAI counts.</summary>
internal static class PromptUsage
{
    /// <summary>A cache can hold no more of a prompt than there is.</summary>
    public static Usage Of(long prompt, long cacheRead, long cacheWrite, long output)
    {
        var read = Math.Min(cacheRead, prompt);
        var write = Math.Min(cacheWrite, prompt - read);
        return new Usage(prompt - read - write, read, write, output);
    }

    /// <summary>
    /// The <c>usage</c> of a chat completion or response, also as gateways write it for models of other providers. Only in
    /// Anthropic's own form (<c>input_tokens</c> beside <c>cache_read_input_tokens</c>) is the cache not a part of the input.
    /// </summary>
    /// <returns>Null where there is none.</returns>
    /// <exception cref="BadRecordException">A count is no count.</exception>
    public static Usage? FromOpenAi(JsonElement? usage)
    {
        if (usage is not { ValueKind: JsonValueKind.Object } u)
        {
            return null;
        }

        var isChat = RecordJson.Get(u, "prompt_tokens") is not null;
        var details = LenientJson.Object(u, isChat ? "prompt_tokens_details" : "input_tokens_details");
        var prompt = RecordJson.Tokens(u, isChat ? "prompt_tokens" : "input_tokens");
        var output = RecordJson.Tokens(
            u,
            RecordJson.Get(u, "completion_tokens") is null ? "output_tokens" : "completion_tokens"
        );
        var read = RecordJson.Tokens(u, "cache_read_input_tokens");
        var write = RecordJson.Tokens(u, "cache_creation_input_tokens");
        if (!isChat && details is null)
        {
            return new Usage(prompt, read, write, output);
        }

        var cached = details is { } d ? RecordJson.Tokens(d, "cached_tokens") : 0;
        return Of(prompt, Math.Max(cached, read), write, output);
    }
}
