using System.Text.Json;
using Distiller.Logs.Reading;

namespace Distiller.Logs.Formats.Langfuse;

/// <summary>
/// Tokens of a generation. Langfuse keeps them under names that begin with <c>input</c> or <c>output</c>, and normally takes out of
/// the input what the cache held; where an application gave a provider's own numbers, only the total tells.
/// </summary>
internal static class LangfuseUsage
{
    /// <exception cref="BadRecordException">A count is no count.</exception>
    public static Usage Of(JsonElement observation)
    {
        var told = LenientJson.Object(observation, "usageDetails");
        if (told is null || !told.Value.EnumerateObject().Any())
        {
            told = LenientJson.Object(observation, "usage");
        }

        if (
            told is not { } usage
            || LenientJson.NameOrNumber(usage, "unit") is { } unit && unit is not ("TOKENS" or "tokens")
        )
        {
            return Usage.Zero;
        }

        if (RecordJson.Get(usage, "prompt_tokens") is not null)
        {
            return PromptUsage.FromOpenAi(usage) ?? Usage.Zero;
        }

        if (RecordJson.Get(usage, "promptTokens") is not null)
        {
            return new Usage(
                RecordJson.Tokens(usage, "promptTokens"),
                0,
                0,
                RecordJson.Tokens(usage, "completionTokens")
            );
        }

        var sum = Usage.Zero;
        foreach (var name in usage.EnumerateObject().Select(m => m.Name).Distinct(StringComparer.Ordinal))
        {
            sum += ClassOf(name) is { } kind ? kind(RecordJson.Tokens(usage, name)) : Usage.Zero;
        }

        var total = RecordJson.Tokens(usage, "total");
        return total > 0 && total == sum.Input + sum.Output && sum.CacheRead + sum.CacheWrite <= sum.Input
            ? PromptUsage.Of(sum.Input, sum.CacheRead, sum.CacheWrite, sum.Output)
            : sum;
    }

    private static Func<long, Usage>? ClassOf(string name)
    {
        if (name.EndsWith("Cost", StringComparison.OrdinalIgnoreCase))
        {
            return null; // In the older form money stands among the tokens.
        }

        if (name.StartsWith("output", StringComparison.OrdinalIgnoreCase))
        {
            return n => new Usage(0, 0, 0, n);
        }

        if (!name.Contains("input", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        return name.Contains("creation", StringComparison.OrdinalIgnoreCase)
            || name.Contains("write", StringComparison.OrdinalIgnoreCase)
                ? n => new Usage(0, 0, n, 0)
            : name.Contains("cache", StringComparison.OrdinalIgnoreCase) ? n => new Usage(0, n, 0, 0)
            : n => new Usage(n, 0, 0, 0);
    }
}
