using System.Text.Json;
using Distiller.Logs.Reading;

namespace Distiller.Logs.Formats.Inspect;

/// <summary>
/// Logs of Inspect: one document with a list of samples, or the archive (<c>.eval</c>) with a file a sample. A sample in one of
/// its epochs is an episode.
/// </summary>
internal sealed class InspectFormat : RecordFormat
{
    private const string FormatName = "inspect";

    public override string Name => FormatName;

    public override string Title => "Inspect logs (.json, .eval)";

    public override string Identity =>
        "a sample in an epoch; by its uuid, else by task, sample, epoch and run, so that the JSON and the archive of a log are the same";

    public override string OutcomeSource =>
        "scores: succeeded where every scorer's value is correct (C, true or 1), else failed (I, P, N, false, less than 1); unknown without a score, or where the sample ended by an error or a limit";

    public override string UsageConvention =>
        "in total for the evaluated model; the cache's tokens are a part of input_tokens where total_tokens says so, else beside them";

    internal override IReadOnlyList<RecordLayout> Layouts =>
        [RecordLayout.Document, RecordLayout.Lines, RecordLayout.Archive];

    internal override IReadOnlyList<string> Members => ["version", "status", "eval", "samples"];

    internal override bool Recognizes(JsonElement record) =>
        LenientJson.Get(LenientJson.Object(record, "eval"), "task") is not null
        && LenientJson.Get(LenientJson.Object(record, "eval"), "model") is not null
        && RecordJson.Is(record, "version", JsonValueKind.Number);

    internal override IEnumerable<JsonElement> Parts(JsonElement record) =>
        RecordJson.Object(record, "eval") is null ? throw RecordJson.Wrong("eval", "there")
        : RecordJson.Array(record, "samples") is { } samples ? samples.EnumerateArray()
        : [];

    internal override void Read(Collection collection, SourceFile file, RecordLayout layout, Stream stream)
    {
        if (layout == RecordLayout.Archive)
        {
            ReadArchive(collection, file, stream);
        }
        else
        {
            base.Read(collection, file, layout, stream);
        }
    }

    internal override Episode ToEpisode(JsonElement o, RecordContext context)
    {
        var eval = LenientJson.Object(context.Document, "eval");
        var task = LenientJson.NameOrNumber(eval, "task") ?? "unknown";
        var sample = LenientJson.NameOrNumber(o, "id") ?? throw RecordJson.Wrong("id", "a name");
        var model = LenientJson.NameOrNumber(eval, "model");
        var run = LenientJson.NameOrNumber(eval, "eval_id", "run_id", "task_id") ?? context.Raw.Sha256()[..12];
        var own = LenientJson.NameOrNumber(o, "uuid") ?? run;
        var draft = new EpisodeDraft();
        InspectMessages.Take(draft, o);
        var outcome = InspectScores.OutcomeOf(o);
        foreach (var end in new[] { "error", "limit" })
        {
            if (LenientJson.Get(o, end) is { } why)
            {
                outcome = Outcome.Unknown;
                draft.Count(LenientJson.NameOrNumber(why, "type") is { } type ? $"{end}:{type}" : end);
            }
        }

        return draft.ToEpisode(
            FormatName,
            $"{task}/{sample}/{LenientJson.NameOrNumber(o, "epoch") ?? "1"}/{own}",
            context,
            $"{FormatName}/{task}/{sample}",
            outcome
        ) with
        {
            Model = model,
            StartedAt = LenientJson.Time(o, "started_at") ?? LenientJson.Time(eval, "created"),
            UnattributedUsage = InspectUsage.Of(o, model),
        };
    }

    private void ReadArchive(Collection collection, SourceFile file, Stream stream)
    {
        var bytesMax = collection.Options.BytesMax(RecordLayout.Archive);
        using var entries = new ArchiveReader(stream, bytesMax);
        using var header = Header(entries, bytesMax);
        var count = 0;
        while (entries.Next(n => n.StartsWith("samples/", StringComparison.Ordinal), out var record))
        {
            collection.ThrowIfCancelled();
            count++;
            try
            {
                using var document = RecordJson.Parse(record, bytesMax);
                var root = RecordJson.IsObject(document.RootElement, entries.RecordNoun);
                var context = new RecordContext(
                    collection.Options.Tenant,
                    file,
                    record,
                    header?.RootElement ?? default
                );
                collection.Add(ToEpisode(root, context), file, record);
            }
            catch (BadRecordException e)
            {
                collection.Quarantine(Name, file, record, e);
            }
        }

        if (count == 0)
        {
            collection[Name].Noise++;
        }
    }

    /// <summary>A log that was not finished has no header yet, only what was known at its start.</summary>
    private static JsonDocument? Header(ArchiveReader entries, int bytesMax)
    {
        foreach (var name in new[] { "header.json", "_journal/start.json" })
        {
            try
            {
                if (entries.Find(name) is { } record)
                {
                    return RecordJson.Parse(record, bytesMax);
                }
            }
            catch (BadRecordException)
            {
                // The other one may be whole.
            }
        }

        return null;
    }
}
