using System.Text.Json;
using Distiller.Logs.Reading;

namespace Distiller.Logs.Formats.Langfuse;

/// <summary>
/// Traces exported from Langfuse: with their observations and scores, one a line, in an array, or a page of the interface. The
/// conversation is put together from the generations; where there are none, it is what the trace was given and gave.
/// </summary>
internal sealed class LangfuseFormat : RecordFormat
{
    private const string FormatName = "langfuse";

    public override string Name => FormatName;

    public override string Title => "Langfuse traces";

    public override string Identity => "a trace; by its id";

    public override string OutcomeSource =>
        "scores named success or correct: 1 or true succeeded, 0 or false failed, all of them must agree; else unknown";

    public override string UsageConvention =>
        "per generation; in usageDetails the cache's tokens stand beside the input, unless the total says that they are a part of it";

    internal override IReadOnlyList<RecordLayout> Layouts =>
        [RecordLayout.Lines, RecordLayout.Array, RecordLayout.Document];

    internal override IReadOnlyList<string> Members => ["id", "observations", "scores", "sessionId"];

    internal override bool Recognizes(JsonElement record) => IsTrace(record) || IsPage(record);

    internal override IEnumerable<JsonElement> Parts(JsonElement record) =>
        !IsTrace(record) && RecordJson.Array(record, "data") is { } data ? data.EnumerateArray() : [record];

    internal override Episode ToEpisode(JsonElement o, RecordContext context)
    {
        var id = LenientJson.NameOrNumber(o, "id") ?? throw RecordJson.Wrong("id", "a name");
        var session = LenientJson.NameOrNumber(o, "sessionId");
        var reader = new LangfuseObservations(id);
        reader.Take(o);
        return reader.Draft.ToEpisode(
            FormatName,
            id,
            context,
            $"{FormatName}/{session ?? id}",
            LangfuseScores.OutcomeOf(o)
        ) with
        {
            Agent = LenientJson.NameOrNumber(o, "name") ?? FormatName,
            Model = reader.Model,
            StartedAt = LenientJson.Time(o, "timestamp") ?? reader.StartedAt,
            Session = session is null ? null : new Session(session),
            Turns = reader.Turns,
        };
    }

    private static bool IsTrace(JsonElement record) =>
        RecordJson.Is(record, "observations", JsonValueKind.Array)
        && RecordJson.Is(record, "id", JsonValueKind.String)
        && (
            RecordJson.Is(record, "scores", JsonValueKind.Array)
            || record.TryGetProperty("sessionId", out _)
            || record.TryGetProperty("htmlPath", out _)
            || record.TryGetProperty("projectId", out _)
        );

    private static bool IsPage(JsonElement record) =>
        LenientJson.Items(record, "data").Take(1).Any(t => t.ValueKind == JsonValueKind.Object && IsTrace(t));
}
