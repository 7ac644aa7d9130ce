using System.Text.Json;
using Distiller.Logs.Reading;

namespace Distiller.Logs.Formats.ClaudeCode;

/// <summary>
/// What a request is billed. One request is written as several lines with the same message id: it is counted once. Its
/// output is a streaming place-holder in the early lines, so the largest of each class is taken.
/// </summary>
internal static class ClaudeRequest
{
    /// <summary>
    /// The requests behind an assistant line: none where it has neither id nor usage; beside its own, those that it made to a
    /// second model for advice, which the line's total leaves out. Anthropic's <c>input_tokens</c> excludes what was read
    /// from or written to the cache, so the four classes are taken as they are.
    /// </summary>
    /// <param name="id">The line's identity, for a request that has no id of its own.</param>
    /// <exception cref="BadRecordException">A count is none.</exception>
    public static List<ModelRequest> Of(JsonElement line, JsonElement message, long id)
    {
        var usage = RecordJson.Object(message, "usage");
        var name = RecordJson.Text(message, "id");
        if (string.IsNullOrEmpty(name))
        {
            if (usage is null)
            {
                return [];
            }

            name = RecordJson.Text(line, "requestId") ?? RecordJson.Text(line, "uuid") ?? $"line-{id:x16}";
        }

        return
        [
            new ModelRequest(name, usage is { } u ? ToUsage(u) : default, RecordJson.Text(message, "model")),
            .. usage is { } own ? Advice(own, name) : [],
        ];
    }

    private static IEnumerable<ModelRequest> Advice(JsonElement usage, string name) =>
        (RecordJson.Array(usage, "iterations")?.EnumerateArray() ?? default)
            .Where(i => i.ValueKind == JsonValueKind.Object && RecordJson.Text(i, "type") == "advisor_message")
            .Select((i, n) => new ModelRequest($"{name}/advisor-{n + 1}", ToUsage(i), RecordJson.Text(i, "model")));

    public static List<ModelRequest> Merge(IEnumerable<ModelRequest> lines)
    {
        var requests = new List<ModelRequest>();
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var request in lines)
        {
            if (places.TryGetValue(request.Id, out var place))
            {
                var known = requests[place];
                requests[place] = known with
                {
                    Usage = Largest(known.Usage, request.Usage),
                    Model = known.Model ?? request.Model,
                };
            }
            else
            {
                places[request.Id] = requests.Count;
                requests.Add(request);
            }
        }

        return requests;
    }

    public static Usage ToUsage(JsonElement usage)
    {
        var written = RecordJson.Tokens(usage, "cache_creation_input_tokens");
        if (RecordJson.Object(usage, "cache_creation") is { } kinds)
        {
            var sum =
                RecordJson.Tokens(kinds, "ephemeral_5m_input_tokens")
                + RecordJson.Tokens(kinds, "ephemeral_1h_input_tokens");
            // The total and its parts count the same tokens.
            written = Math.Max(written, sum);
        }

        return new Usage(
            RecordJson.Tokens(usage, "input_tokens"),
            RecordJson.Tokens(usage, "cache_read_input_tokens"),
            written,
            RecordJson.Tokens(usage, "output_tokens")
        );
    }

    private static Usage Largest(Usage a, Usage b) =>
        new(
            Math.Max(a.Input, b.Input),
            Math.Max(a.CacheRead, b.CacheRead),
            Math.Max(a.CacheWrite, b.CacheWrite),
            Math.Max(a.Output, b.Output)
        );
}
