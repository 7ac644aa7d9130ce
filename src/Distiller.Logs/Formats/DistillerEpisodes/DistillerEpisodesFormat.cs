using System.Text.Json;
using System.Text.Json.Nodes;
using Distiller.Logs.Reading;

namespace Distiller.Logs.Formats.DistillerEpisodes;

/// <summary>
/// The project's own format, described by <c>data/episode.schema.json</c>: an <see cref="Episode"/> as JSON, one a line.
/// Id, format and tenant are not taken from the line: they are computed, fixed, and given by the collection.
/// </summary>
internal sealed class DistillerEpisodesFormat : RecordFormat
{
    private const string FormatName = "episode";

    private static readonly JsonSerializerOptions Options = new(EpisodeJson.Options)
    {
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        PropertyNameCaseInsensitive = false,
    };

    public override string Name => FormatName;

    public override string Title => "Distiller episodes (data/episode.schema.json)";

    public override string Identity => "a line; by key";

    public override string OutcomeSource => "outcome";

    public override string UsageConvention =>
        "per request or in total, in the four classes; request ids hold within their episode";

    internal override IReadOnlyList<RecordLayout> Layouts => [RecordLayout.Lines];

    internal override IReadOnlyList<string> Members => ["key", "taskId", "turns", "outcome"];

    internal override bool Recognizes(JsonElement record) =>
        RecordJson.Is(record, "turns", JsonValueKind.Array)
        && RecordJson.Is(record, "taskId", JsonValueKind.String)
        && RecordJson.Is(record, "key", JsonValueKind.String);

    internal override Episode ToEpisode(JsonElement o, RecordContext context)
    {
        var episode = Deserialize(o, context.Tenant);
        foreach (var turn in episode.Turns)
        {
            Check(turn);
        }

        foreach (var request in episode.Requests)
        {
            if (request is null || !IsUsage(request.Usage))
            {
                throw RecordJson.Wrong("requests", "a list of requests with whole token counts from 0");
            }
        }

        if (!IsUsage(episode.UnattributedUsage))
        {
            throw RecordJson.Wrong("unattributedUsage", "whole token counts from 0");
        }

        if (episode.Events.Values.Any(n => n < 0))
        {
            throw RecordJson.Wrong("events", "counts from 0");
        }

        return episode;
    }

    private static Episode Deserialize(JsonElement o, string tenant)
    {
        try
        {
            var node = JsonObject.Create(o)!;
            node["id"] = "";
            node["format"] = FormatOf(o);
            node["tenant"] = tenant;
            return node.Deserialize<Episode>(Options) ?? throw RecordJson.Wrong("$", "an episode");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            var place = (e as JsonException)?.Path is { Length: > 0 } path ? $" at {path}" : "";
            throw new BadRecordException(
                $"The line is not an episode{place}: a field is missing or of the wrong type.",
                "Compare it with data/episode.schema.json."
            );
        }
    }

    /// <summary>
    /// A line that tells of an agent's own session (its task is the agent's log format and the session's key) is a copy of that
    /// session, however it was collected: with an outcome that somebody added, it joins the session.
    /// </summary>
    private static string FormatOf(JsonElement o) =>
        RecordJson.Text(o, "agent") is { } agent
        && RecordJson.Text(o, "taskId") == $"{agent}/{RecordJson.Text(o, "key")}"
        && LogFormats.All.Any(f => f.Name == agent)
            ? agent
            : FormatName;

    private static void Check(Turn turn)
    {
        if (turn is null)
        {
            throw RecordJson.Wrong("turns", "a list of turns");
        }

        foreach (var call in turn.ToolCalls)
        {
            if (call is null || !IsObject(call.ArgumentsJson))
            {
                throw RecordJson.Wrong("argumentsJson", "a JSON object in a text");
            }
        }
    }

    private static bool IsObject(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool IsUsage(Usage u) =>
        RecordJson.IsTokenCount(u.Input)
        && RecordJson.IsTokenCount(u.CacheRead)
        && RecordJson.IsTokenCount(u.CacheWrite)
        && RecordJson.IsTokenCount(u.Output);
}
