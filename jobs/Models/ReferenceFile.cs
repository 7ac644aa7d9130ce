using System.Text.Json;
using Distiller.Core;

namespace Distiller.Jobs.Models;

/// <summary>
/// Reads reference results: one object with <c>ids</c>, <c>nll</c>, <c>logits_first</c>, <c>logits_last</c>; an object
/// with <c>cases</c> of these, where <c>last_top20</c> may stand for the last logits; or the result of a LoRA run
/// (<c>logits_last</c> and no <c>ids</c>), whose ids stand in <c>logits.json</c> beside it.
/// </summary>
internal static class ReferenceFile
{
    private const long BytesMax = 256L << 20;
    private const string IdsFile = "logits.json";

    public static IReadOnlyList<ReferenceCase> Read(string path)
    {
        using var document = Parse(path);
        var root = document.RootElement;
        try
        {
            if (root.TryGetProperty("cases", out var cases))
            {
                return [.. cases.EnumerateArray().Select(c => Case(c, Ids(c)))];
            }

            if (root.TryGetProperty("ids", out _))
            {
                return [Case(root, Ids(root))];
            }

            using var beside = Parse(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, IdsFile));
            return [Case(root, Ids(beside.RootElement)) with { Nll = null }];
        }
        catch (Exception e) when (e is KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw Bad(path, $"It is not a file of reference logits: {e.Message}", e);
        }
    }

    private static ReferenceCase Case(JsonElement element, int[] ids) =>
        new(ids, Numbers(element, "nll"), Numbers(element, "logits_first"), Last(element));

    private static int[] Ids(JsonElement element) =>
        [.. element.GetProperty("ids").EnumerateArray().Select(i => i.GetInt32())];

    private static double[]? Numbers(JsonElement element, string name) =>
        element.TryGetProperty(name, out var list) ? [.. list.EnumerateArray().Select(n => n.GetDouble())] : null;

    private static IReadOnlyList<(int, double)> Last(JsonElement element)
    {
        if (Numbers(element, "logits_last") is { } all)
        {
            return [.. all.Select((logit, token) => (token, logit))];
        }

        if (!element.TryGetProperty("last_top20", out var top))
        {
            return [];
        }

        return [.. Ids(top).Zip(Numbers(top, "logits") ?? [])];
    }

    private static JsonDocument Parse(string path)
    {
        var file = new FileInfo(path);
        if (!file.Exists)
        {
            throw Bad(path, "The file does not exist.");
        }

        if (file.Length > BytesMax)
        {
            throw Bad(path, $"The file has {file.Length} bytes; at most {BytesMax} are read.");
        }

        try
        {
            var document = JsonDocument.Parse(File.ReadAllBytes(path));
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? document
                : throw Bad(path, "It is not a JSON object.");
        }
        catch (JsonException e)
        {
            throw new BadInputException(
                new SourceLocation(path, (e.LineNumber ?? -1) + 1),
                "It is not valid JSON.",
                "Give a complete file of reference logits.",
                e
            );
        }
    }

    private static BadInputException Bad(string path, string reason, Exception? inner = null) =>
        new(
            new SourceLocation(path, 0),
            reason,
            "Give a JSON object with ids and logits_last (and logits_first, nll where known).",
            inner
        );
}

/// <summary>Numbers that an independent implementation computed for T token ids.</summary>
/// <param name="Ids">T token ids.</param>
/// <param name="Nll">T-1 negative log-likelihoods: of token t+1 given those up to t, in nats; null when not given.</param>
/// <param name="FirstLogits">V logits after the first token; null when not given.</param>
/// <param name="LastLogits">Token id and logit after the last token, for all or the largest.</param>
public sealed record ReferenceCase(
    int[] Ids,
    double[]? Nll,
    double[]? FirstLogits,
    IReadOnlyList<(int Token, double Logit)> LastLogits
);
