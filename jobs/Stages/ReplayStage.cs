using System.Text.Json;
using Distiller.Core;
using Distiller.Evaluation;
using Distiller.Lake;
using Distiller.Mining.Patterns;

namespace Distiller.Jobs.Stages;

/// <summary>
/// What mined patterns are worth: each is tried in the prompt of the base and out of it on the same tasks. A lift among logged
/// episodes is an association; this is the effect.
/// </summary>
public sealed class ReplayStage(Night night, NightTrial trial, PatternTrial patterns)
{
    public const string RowsFile = "replay.parquet";
    public const string SummaryFile = ArtifactFileName.Replay;
    private const string WorkFolder = "worked";
    private const string Stage = "replay";
    internal const string Version = "1";

    public Artifact Run(Artifact mined, CancellationToken cancellation = default)
    {
        var recipe = new ArtifactRecipe(
            Stage,
            Version,
            new
            {
                @base = night.Base.Sha256,
                tasks = patterns.Tasks.Sha256,
                patterns.Options,
                trial.Options.MaxOutputTokens,
                trial.Options.ThreadsPerArm,
                trial.Options.Seed,
                trial.Options.BootstrapDraws,
            },
            night.Settings.Seed,
            [mined.Key]
        );
        return night.Make(ArtifactKind.Replayed, recipe, draft => Work(draft, mined, cancellation), $"{WorkFolder}/*");
    }

    public static IReadOnlyList<PatternValue> ReadValues(Artifact replayed) =>
        PatternValue.Read(replayed.File(SummaryFile));

    private void Work(ArtifactDraft draft, Artifact mined, CancellationToken cancellation)
    {
        night.Tell(Stage, 0, 1, "loading the base");
        var tried = MineStage
            .ReadPatterns(mined)
            .Where(p => !TrivialPattern.Is(p))
            .Take(patterns.Options.PatternsMax)
            .ToList();
        var rows =
            tried.Count == 0
                ? []
                : PatternReplay.Run(
                    night.Settings.BasePath,
                    tried.ConvertAll(p => new ReplayedText(p.Id, PatternText.Render([p]).TrimEnd('\n'))),
                    patterns.Tasks,
                    patterns.Options,
                    trial.Options,
                    draft[WorkFolder],
                    night.Progress,
                    cancellation
                );
        ParquetTable.Write(draft[RowsFile], rows);
        var values = PatternValue.Of(
            rows,
            tried.ToDictionary(
                p => p.Id,
                p => (IReadOnlyList<string>)[.. p.Steps.Select(s => s.Tool)],
                StringComparer.Ordinal
            ),
            trial.Options.Bootstrap
        );
        AtomicFile.WriteAllBytes(draft[SummaryFile], JsonSerializer.SerializeToUtf8Bytes(values, EpisodeJson.Options));
        night.Tell(Stage, 1, 1, $"{values.Count} patterns tried, {values.Count(v => v.IsRefuted)} refuted");
    }
}
