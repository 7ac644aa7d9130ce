using System.Text.Json;
using Distiller.Logs.Reading;

namespace Distiller.Logs.Formats.Inspect;

/// <summary>
/// Tokens of a sample by model. Inspect hands on what a provider counted: with some the input includes what the cache held, with
/// others it does not, and the total tells which.
/// </summary>
internal static class InspectUsage
{
    /// <summary>Of the evaluated model: a model that grades is no part of the attempt. Of all, where the evaluated one is not named.</summary>
    public static Usage Of(JsonElement sample, string? model)
    {
        if (LenientJson.Object(sample, "model_usage") is not { } models)
        {
            return Usage.Zero;
        }

        return model is not null && LenientJson.Object(models, model) is { } own
            ? Of(own)
            : models
                .EnumerateObject()
                .Where(m => m.Value.ValueKind == JsonValueKind.Object)
                .Aggregate(Usage.Zero, (sum, m) => sum + Of(m.Value));
    }

    private static Usage Of(JsonElement usage)
    {
        var input = RecordJson.Tokens(usage, "input_tokens");
        var output = RecordJson.Tokens(usage, "output_tokens");
        var read = RecordJson.Tokens(usage, "input_tokens_cache_read");
        var write = RecordJson.Tokens(usage, "input_tokens_cache_write");
        return RecordJson.Tokens(usage, "total_tokens") == input + output
            ? PromptUsage.Of(input, read, write, output)
            : new Usage(input, read, write, output);
    }
}
