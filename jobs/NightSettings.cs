using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Distiller.Core.Settings;
using Distiller.Evaluation;
using Distiller.Mining;
using Distiller.Study;
using Distiller.Training.Distilling;

namespace Distiller.Jobs;

/// <summary>
/// Everything a night can be told. A stage's settings are part of its artifact's key: change one and the stage, and all
/// after it, are made anew.
/// </summary>
[JsonConverter(typeof(NightSettingsJson))]
public sealed record NightSettings
{
    /// <summary>The base model: a GGUF file, the very one the edge runs.</summary>
    public required string BasePath { get; init; }

    /// <summary>The stages' own seeds follow from it.</summary>
    [Setting("seed", "Seed of the split, the adapter's start and the order of rows")]
    [Range(0, int.MaxValue)]
    public int Seed { get; init; } = 17;

    /// <summary>
    /// Only episodes that began within so many times 24 hours before the newest one teach; those without a time do, too.
    /// Where a handbook changes, old episodes teach what no longer holds.
    /// </summary>
    [Setting("newest-days", "Learn only from so many newest days of the logs; 0 for all")]
    [Range(0, 36_500)]
    public int NewestDays { get; init; }

    [Setting("threads", "Threads of training and evaluation; the adapter's bytes depend on it")]
    [Range(1, 1024)]
    public int Threads { get; init; } = Math.Min(Environment.ProcessorCount, 8);

    [Setting("device", "What trains: cpu, cuda or cuda:N")]
    [RegularExpression("cpu|cuda(:[0-9]{1,2})?", ErrorMessage = "Give cpu, cuda or cuda:N, such as cuda:0.")]
    public string Device { get; init; } = "cpu";

    /// <summary>A full path; null for the shipped rules alone.</summary>
    [Setting("outcome-rules", "A YAML file of own rules on how tasks ended, beside those of data/outcome-rules.yaml")]
    public string? OutcomeRules { get; init; }

    /// <summary>A full path; null for the shipped rules alone. A night's child processes have other working folders.</summary>
    [Setting("scrub-rules", "A file with rules of your own for what is hidden before logs are stored")]
    public string? ScrubRules { get; init; }

    /// <summary>A full path; null for none.</summary>
    [Setting("repository", "A clone of the project: tasks whose commits stood in it succeeded, reverted ones failed")]
    public string? Repository { get; init; }

    /// <summary>A full path; null: what is found in the projects' folders.</summary>
    [Setting(
        "context",
        "A file with the rules that agents carry in their prompts; else AGENTS.md or CLAUDE.md of the project"
    )]
    public string? Context { get; init; }

    /// <summary>A full path; null for the built-in embedder.</summary>
    [Setting(
        "embedder",
        "An embedding model (GGUF, bert) for tasks that ask the same and for retrieval; else the built-in text features"
    )]
    public string? Embedder { get; init; }

    public MiningOptions Mining { get; init; } = new();

    public StudyOptions Study { get; init; } = new();

    public TrainingOptions Training { get; init; } = new();

    public HoldoutOptions Holdout { get; init; } = new();

    /// <summary>The same with every file in full, since a night's child processes have other working folders.</summary>
    /// <param name="folder">What a path that is not full is relative to.</param>
    public NightSettings WithFullPaths(string folder)
    {
        return this with
        {
            ScrubRules = Full(ScrubRules),
            OutcomeRules = Full(OutcomeRules),
            Repository = Full(Repository),
            Context = Full(Context),
            Embedder = Full(Embedder),
        };

        string? Full(string? path) =>
            path is { Length: > 0 } given ? Path.GetFullPath(Path.Combine(folder, given)) : null;
    }
}

/// <summary>
/// Serialises the settings for a step's child process: the base's path, and each setting by its name. Options that have no
/// name for users are left out, since both processes have the same default.
/// </summary>
internal sealed class NightSettingsJson : JsonConverter<NightSettings>
{
    private const string BaseName = "base";

    public override NightSettings Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var told = JsonNode.Parse(ref reader)?.AsObject() ?? throw new JsonException("It holds null.");
        var path = told[BaseName]?.GetValue<string>() ?? throw new JsonException($"'{BaseName}' is missing.");
        told.Remove(BaseName);
        return SettingsJson.Read(
            new NightSettings { BasePath = path },
            JsonSerializer.SerializeToElement(told),
            place: "settings"
        );
    }

    public override void Write(Utf8JsonWriter writer, NightSettings value, JsonSerializerOptions options)
    {
        var told = SettingsJson.Write(value);
        told[BaseName] = value.BasePath;
        told.WriteTo(writer, options);
    }
}
