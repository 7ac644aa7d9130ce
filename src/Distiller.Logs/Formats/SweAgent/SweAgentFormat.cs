using System.Text.Json;
using Distiller.Logs.Reading;

namespace Distiller.Logs.Formats.SweAgent;

/// <summary>
/// Trajectories of SWE-agent (<c>.traj</c>): the steps, the history of messages that the model was given, and what came of it.
/// Demonstrations use the same form with the history alone.
/// </summary>
internal sealed class SweAgentFormat : RecordFormat
{
    private const string FormatName = "swe-agent";

    public override string Name => FormatName;

    public override string Title => "SWE-agent trajectories (.traj)";

    /// <summary>Every attempt at an instance is a file of the same name in another folder.</summary>
    public override string Identity => "a file; by the instance, which is its name, and its hash";

    public override string OutcomeSource =>
        "resolved in a report.json or results.json of SWE-bench's evaluation beside it; else unknown, for a submission is not a success";

    public override string UsageConvention =>
        "in total (model_stats.tokens_sent, tokens_received), without classes of the cache";

    internal override IReadOnlyList<RecordLayout> Layouts => [RecordLayout.Document, RecordLayout.Lines];

    internal override IReadOnlyList<string> Members => ["trajectory", "history", "info", "environment"];

    internal override bool Recognizes(JsonElement record) =>
        (
            RecordJson.Is(record, "trajectory", JsonValueKind.Array)
            && (
                RecordJson.Is(record, "history", JsonValueKind.Array)
                || LenientJson
                    .Items(record, "trajectory")
                    .Any(s => s.ValueKind == JsonValueKind.Object && s.TryGetProperty("observation", out _))
            )
        )
        || LenientJson
            .Items(record, "history")
            .Any(m => LenientJson.NameOrNumber(m, "agent", "message_type") is not null);

    internal override Episode ToEpisode(JsonElement o, RecordContext context)
    {
        var info = RecordJson.Object(o, "info");
        var instance = Path.GetFileNameWithoutExtension(context.File.Path);
        var reader = new SweAgentReader();
        reader.Take(
            RecordJson.Array(o, "trajectory")?.EnumerateArray().ToArray() ?? [],
            RecordJson.Array(o, "history")?.EnumerateArray().ToArray() ?? []
        );
        if (LenientJson.NameOrNumber(info, "exit_status") is { } status)
        {
            reader.Draft.Count($"exit_status:{status}");
        }

        return reader.Draft.ToEpisode(
            FormatName,
            $"{instance}/{context.Raw.Sha256()[..12]}",
            context,
            $"{FormatName}/{instance}",
            SweReport.OutcomeOf(context.File, instance)
        ) with
        {
            Model = ModelOf(o),
            UnattributedUsage = LenientJson.Object(info, "model_stats") is { } stats
                ? new Usage(RecordJson.Tokens(stats, "tokens_sent"), 0, 0, RecordJson.Tokens(stats, "tokens_received"))
                : Usage.Zero,
        };
    }

    /// <summary>The configuration of the run, which newer versions keep as JSON in a text.</summary>
    private static string? ModelOf(JsonElement o)
    {
        var config = LenientJson.Get(o, "replay_config") is { ValueKind: JsonValueKind.String } text
            ? RecordJson.Nested(text.GetString()!)
            : LenientJson.Get(o, "replay_config");
        return LenientJson.NameOrNumber(LenientJson.Object(LenientJson.Object(config, "agent"), "model"), "name");
    }
}
