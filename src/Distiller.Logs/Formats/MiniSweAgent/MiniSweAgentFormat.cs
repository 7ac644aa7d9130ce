using System.Text.Json;
using Distiller.Logs.Reading;

namespace Distiller.Logs.Formats.MiniSweAgent;

/// <summary>
/// Trajectories of mini-swe-agent (<c>.traj.json</c>): a document with messages, configuration and how it ended; in its first
/// versions the list of messages alone. The file is one episode in both.
/// </summary>
internal sealed class MiniSweAgentFormat : LogFormat
{
    private const string FormatName = "mini-swe-agent";

    public override string Name => FormatName;

    public override string Title => "mini-swe-agent trajectories (.traj.json)";

    public override string Identity => "a file; by the instance, which is its name, and its hash";

    public override string OutcomeSource =>
        "resolved in a report.json or results.json of SWE-bench's evaluation beside it; else unknown, for a submission is not a success";

    public override string UsageConvention =>
        "per answer where its response is kept; prompt_tokens include what the cache held";

    internal override IReadOnlyList<RecordLayout> Layouts => [RecordLayout.Document, RecordLayout.Array];

    internal override IReadOnlyList<string> Members => ["messages", "info", "trajectory_format"];

    internal override bool Recognizes(JsonElement record) =>
        IsTrajectory(record) || IsFirstMessage(record) || IsPredictions(record);

    internal override void Read(Collection collection, SourceFile file, RecordLayout layout, Stream stream)
    {
        var bytesMax = collection.Options.BytesMax(RecordLayout.Document);
        using var records = RecordReader.Open(RecordLayout.Document, stream, bytesMax);
        while (records.Next(out var record))
        {
            collection.ThrowIfCancelled();
            try
            {
                using var document = RecordJson.Parse(record, bytesMax);
                var root = document.RootElement;
                if (root.ValueKind == JsonValueKind.Object && IsPredictions(root))
                {
                    collection[Name].Noise++;
                    continue;
                }

                var context = new RecordContext(collection.Options.Tenant, file, record, root);
                collection.Add(ToEpisode(root, context), file, record);
            }
            catch (BadRecordException e)
            {
                collection.Quarantine(Name, file, record, e);
            }
        }
    }

    private static Episode ToEpisode(JsonElement root, RecordContext context)
    {
        var messages =
            root.ValueKind == JsonValueKind.Array ? root
            : RecordJson.Array(RecordJson.IsObject(root, "file"), "messages") is { } list ? list
            : throw RecordJson.Wrong("messages", "there");
        var info = LenientJson.Object(root, "info");
        var instance = InstanceOf(context.File);
        var key = $"{instance}/{context.Raw.Sha256()[..12]}";
        var model =
            LenientJson.NameOrNumber(LenientJson.Object(LenientJson.Object(info, "config"), "model"), "model_name")
            ?? Predicted(context.File, instance);
        var reader = new MiniSweAgentReader(key, model);
        foreach (var message in messages.EnumerateArray())
        {
            reader.Take(message);
        }

        if (LenientJson.NameOrNumber(info, "exit_status") is { } status)
        {
            reader.Draft.Count($"exit_status:{status}");
        }

        return reader.Draft.ToEpisode(
            FormatName,
            key,
            context,
            $"{FormatName}/{instance}",
            SweReport.OutcomeOf(context.File, instance)
        ) with
        {
            Model = model,
        };
    }

    private static string InstanceOf(SourceFile file)
    {
        var name = Path.GetFileNameWithoutExtension(file.Path);
        return name.EndsWith(".traj", StringComparison.OrdinalIgnoreCase) ? name[..^".traj".Length] : name;
    }

    /// <summary>The model that the run's list of patches names for the instance.</summary>
    private static string? Predicted(SourceFile file, string instance)
    {
        foreach (var folder in Companion.Folders(file, 2))
        {
            foreach (var name in new[] { "results.json", "preds.json" })
            {
                using var document = Companion.Read(folder, name);
                var model = LenientJson.NameOrNumber(
                    LenientJson.Object(document?.RootElement, instance),
                    "model_name_or_path"
                );
                if (model is not null)
                {
                    return model;
                }
            }
        }

        return null;
    }

    private static bool IsTrajectory(JsonElement record)
    {
        if (!ChatMessageJson.IsConversation(LenientJson.Get(record, "messages")))
        {
            return false;
        }

        var info = LenientJson.Object(record, "info");
        return LenientJson.NameOrNumber(record, "trajectory_format")?.StartsWith("mini-swe", StringComparison.Ordinal)
            ?? (LenientJson.Get(info, "model_stats") is not null && info!.Value.TryGetProperty("exit_status", out _));
    }

    /// <summary>The system prompt of the first versions, which asks for a command in a block of code.</summary>
    private static bool IsFirstMessage(JsonElement record) =>
        LenientJson.NameOrNumber(record, "role") == "system"
        && RecordJson.Is(record, "content", JsonValueKind.String)
        && LenientJson.NameOrNumber(record, "content") is { } prompt
        && prompt.Contains("bash code block", StringComparison.OrdinalIgnoreCase);

    /// <summary>The patches of a run, by instance, which are handed to the evaluation.</summary>
    private static bool IsPredictions(JsonElement record)
    {
        var first = record.EnumerateObject().FirstOrDefault();
        return first.Value is { ValueKind: JsonValueKind.Object } patch
            && LenientJson.Get(patch, "instance_id") is not null
            && patch.TryGetProperty("model_patch", out _);
    }
}
