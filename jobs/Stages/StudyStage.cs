using System.Text.Json;
using Distiller.Core;
using Distiller.Edge;
using Distiller.Lake;
using Distiller.Retrieval;
using Distiller.Study;

namespace Distiller.Jobs.Stages;

/// <summary>
/// Adds to the logged successes what the documents in the agents' prompts say and no log shows yet: the base, with the document
/// in its prompt, answers requests made for every entry. Logged rows that contradict a document's newest version are left out.
/// </summary>
public sealed class StudyStage(Night night)
{
    /// <summary>Rows of <see cref="MadeRequest"/>.</summary>
    public const string RequestsFile = "requests.parquet";
    public const string SummaryFile = "study.json";
    private const string Stage = "study";
    internal const string Version = "1";

    /// <returns>
    /// An artifact with <see cref="MineStage.TrainFile"/>; what was mined itself where there is no document to study.
    /// </returns>
    public Artifact Run(Artifact mined, CancellationToken cancellation = default)
    {
        var options = night.Settings.Study with { Seed = night.Settings.Seed };
        if (
            options.Share == 0
            || !MineStage.ReadContexts(mined).Any(c => ContextDocument.Read(c.Text).Entries.Count > 0)
        )
        {
            return mined;
        }

        var recipe = new ArtifactRecipe(
            Stage,
            Version,
            new
            {
                @base = night.Base.Sha256,
                options,
                night.Settings.Mining.Examples.SystemLine,
                night.Settings.Mining.Examples.SequenceTokensMax,
            },
            night.Settings.Seed,
            [mined.Key]
        );
        return night.Make(ArtifactKind.Studied, recipe, draft => Study(draft, mined, options, cancellation));
    }

    /// <param name="examples">What <see cref="Run"/> returned.</param>
    /// <returns>Null where there was nothing to study.</returns>
    public static StudySummary? ReadSummary(Artifact examples) =>
        examples.Kind == ArtifactKind.Studied ? examples.ReadJson<StudySummary>(SummaryFile) : null;

    private void Study(ArtifactDraft draft, Artifact mined, StudyOptions options, CancellationToken cancellation)
    {
        night.Tell(Stage, 0, 1, "loading the base");
        var rows = ExampleFile.Read(mined.File(MineStage.TrainFile)).ToList();
        var documents = new LearntDocument(night, mined).All(rows, cancellation);
        using var model = EdgeModel.Load(
            night.Settings.BasePath,
            new EdgeModelOptions { Threads = night.Settings.Threads }
        );
        var kept = rows.Where(r => !documents.Any(d => d.Outdated.Contains(r.EpisodeId))).ToList();
        var budget = (long)(kept.Sum(r => (long)r.Tokens.Length) * options.Share / (1 - options.Share));
        var examples = night.Settings.Mining.Examples;
        var study = new DocumentStudy(
            model,
            examples.SystemLine,
            examples.SequenceTokensMax,
            options,
            (tokens, note) => night.Tell(Stage, Math.Min(tokens, budget), budget + 1, note)
        );
        var unsolved = Unsolved(mined, cancellation);
        var results = new List<StudiedRows>();
        var left = documents.Sum(d => d.Newest.Entries.Count);
        foreach (var document in documents)
        {
            // What is left of the budget is divided by entries, so that a small document does not starve a large one.
            results.Add(study.Run(document, unsolved, budget * document.Newest.Entries.Count / left, cancellation));
            budget -= results[^1].Rows.Sum(r => (long)r.Tokens.Length);
            left -= document.Newest.Entries.Count;
        }

        var made = results.SelectMany(r => r.Rows).ToList();
        ExampleFile.Write(draft[MineStage.TrainFile], [.. kept, .. made]);
        ParquetTable.Write(draft[RequestsFile], results.SelectMany(r => r.Requests));
        var summary = new StudySummary
        {
            Documents = [.. results.Select(r => r.Document)],
            Tokens = made.Sum(r => (long)r.Tokens.Length),
        };
        AtomicFile.WriteAllBytes(draft[SummaryFile], JsonSerializer.SerializeToUtf8Bytes(summary, EpisodeJson.Options));
        night.Tell(Stage, 1, 1, $"{summary.Made} rows made, {rows.Count - kept.Count} out of date");
    }

    /// <summary>Requests of the training side of which nobody knows a good answer, by the document that was in the prompt.</summary>
    private IReadOnlyList<UnsolvedRequest> Unsolved(Artifact mined, CancellationToken cancellation) =>
        [
            .. ParquetFile
                .ReadById<EpisodeRow>(
                    new ReduceStage(night).Parts(cancellation),
                    [.. ParquetTable.Read<UnsolvedTask>(mined.File(MineStage.UnsolvedFile)).Select(t => t.Id)]
                )
                .Select(row => UnsolvedRequest.Of(row.ToEpisode()))
                .OfType<UnsolvedRequest>(),
        ];
}
