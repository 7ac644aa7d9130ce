using Distiller.Core;
using Distiller.Evaluation;
using Distiller.Gguf;
using Distiller.Lake;
using Distiller.Mining.Contexts;
using Distiller.Mining.Patterns;
using Distiller.Reporting;

namespace Distiller.Jobs.Stages;

/// <summary>
/// Measures the bare base, the 16-bit and the INT4 adapter on held-out episodes, in the runtime that the edge uses.
/// </summary>
public sealed class EvaluateStage(Night night)
{
    public const string EvaluationFile = EvaluationFolder.SummaryName;
    public const string ReportFile = ArtifactFileName.Report;
    private const string WorkFolder = "measured";
    private const string Stage = "evaluate";
    internal const string Version = "4";

    public Artifact Run(Artifact quantized, CancellationToken cancellation = default)
    {
        var options = Options(night.Settings);
        var recipe = new ArtifactRecipe(
            Stage,
            Version,
            new
            {
                @base = night.Base.Sha256,
                // Hashes of the evaluated files: an adapter rebuilt with other bytes is evaluated again.
                adapters = Adapters(quantized),
                options,
                night.Settings.Mining.Examples.SystemLine,
            },
            night.Settings.Seed,
            [quantized.Key]
        );
        return night.Make(
            ArtifactKind.Evaluation,
            recipe,
            draft => Evaluate(draft, quantized, options, cancellation),
            $"{WorkFolder}/*"
        );
    }

    public static EvaluationSummary ReadSummary(Artifact evaluation) => EvaluationFolder.ReadSummary(evaluation.Folder);

    /// <summary>
    /// Whether an evaluation measured exactly these files. An evaluation of an earlier version has no hashes and is
    /// accepted.
    /// </summary>
    public static bool IsOf(Artifact evaluation, Artifact quantized) =>
        !evaluation.Manifest.Settings.TryGetProperty("adapters", out var adapters)
        || adapters.EnumerateArray().Select(a => a.GetString()).SequenceEqual(Adapters(quantized));

    private static string[] Adapters(Artifact quantized) =>
        [quantized.Sha256(Exporter.F16File), quantized.Sha256(Exporter.Int4File)];

    private static HoldoutOptions Options(NightSettings settings) =>
        settings.Holdout with
        {
            Threads = settings.Threads,
            Seed = (ulong)settings.Seed,
        };

    private void Evaluate(
        ArtifactDraft draft,
        Artifact quantized,
        HoldoutOptions options,
        CancellationToken cancellation
    )
    {
        night.Tell(Stage, 0, 1, "loading the base");
        var lineage = Lineage.OfAdapter(night.Workspace, quantized);
        var patterns = MineStage.ReadPatterns(lineage.Mined);
        var measured = HoldoutEvaluator.Evaluate(
            night.Settings.BasePath,
            quantized.File(Exporter.F16File),
            quantized.File(Exporter.Int4File),
            [.. ExampleFile.Read(lineage.Mined.File(MineStage.HoldoutFile))],
            options,
            draft[WorkFolder],
            night.Progress,
            cancellation
        );
        var tokens = TokenAccount.Count(
            [.. EpisodeFile.Read(lineage.Mined.File(MineStage.HoldoutEpisodesFile))],
            night.Tokenizer(),
            Contexts(lineage.Mined, PatternText.Render(patterns)),
            night.Settings.Mining.Examples.SystemLine,
            cancellation: cancellation
        );
        var summary = EvaluationSummary.Of(
            measured,
            tokens,
            ToolVersion.Current,
            MineStage.ReadReport(lineage.Mined).UnmeasuredShare
        );
        EvaluationFolder.Write(draft.Folder, summary, measured.Rows, tokens);
        HtmlReport.Write(draft[ReportFile], NightPage.Of(night, lineage, draft.Folder));
    }

    /// <summary>
    /// The verbose context of each held-out episode: a system message with the patterns of past episodes behind it, or the
    /// project's rules with its imprint.
    /// </summary>
    private static Func<EpisodeId, string> Contexts(Artifact mined, string patternsText)
    {
        var known = MineStage.ReadContexts(mined).ToDictionary(c => c.Id, StringComparer.Ordinal);
        var ofEpisode = new Dictionary<EpisodeId, TeacherContext>();
        foreach (var example in ExampleFile.Read(mined.File(MineStage.HoldoutFile)).Where(e => e.ContextId.Length > 0))
        {
            ofEpisode[example.EpisodeId] = known[example.ContextId];
        }

        return id =>
            ofEpisode.GetValueOrDefault(id) switch
            {
                null => patternsText,
                { Source: TeacherContext.System } own => patternsText.Length == 0
                    ? own.Text
                    : $"{own.Text}\n\n{patternsText}",
                { } written => written.Text,
            };
    }
}
