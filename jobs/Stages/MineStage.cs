using System.Text.Json;
using Distiller.Core;
using Distiller.Evaluation;
using Distiller.Lake;
using Distiller.Mining;
using Distiller.Mining.Contexts;
using Distiller.Mining.Digesting;
using Distiller.Mining.Imprints;
using Distiller.Mining.Labelling;
using Distiller.Mining.Patterns;
using Distiller.Mining.Repositories;
using Distiller.Mining.Reviewing;
using Distiller.Mining.Similar;
using Distiller.Scrubbing;

namespace Distiller.Jobs.Stages;

/// <summary>
/// Reduced episodes to patterns and training examples, split by task before anything is mined. What people decided on
/// patterns is respected, and is part of the recipe where there is such a decision.
/// </summary>
public sealed class MineStage(Night night)
{
    public const string PatternsFile = PatternBook.PatternsFile;
    public const string TrainFile = "train.parquet";
    public const string HoldoutFile = "holdout.parquet";

    /// <summary>The reduced successful episodes of holdout tasks that are measured.</summary>
    public const string HoldoutEpisodesFile = "holdout-episodes.parquet";

    /// <summary>Rows of <see cref="TeacherContext"/>, which the rows of both example files name by their ids.</summary>
    public const string ContextsFile = "contexts.parquet";

    /// <inheritdoc cref="ImprintBook.CardsFile"/>
    public const string CardsFile = ImprintBook.CardsFile;

    /// <summary>Rows of <see cref="UnsolvedTask"/>.</summary>
    public const string UnsolvedFile = "unsolved.parquet";
    public const string ReportFile = "mining.json";
    private const string Stage = "mine";
    internal const string Version = "7";

    /// <param name="replayed">What patterns of a first mining did when they were tried; null: none was.</param>
    public Artifact Run(Artifact reduced, Artifact? replayed = null, CancellationToken cancellation = default)
    {
        var reviews = new PatternReviews(night.Workspace.Home, night.Time).Procedures();
        var options = Options(night.Settings) with
        {
            PersonLabels = new LabelBook(night.Workspace.Home, night.Time).Current(),
            Reviews = replayed is null
                ? reviews
                : ReviewedProcedures.WithRefuted(
                    reviews,
                    ReplayStage.ReadValues(replayed).Where(v => v.IsRefuted).Select(v => v.Tools)
                ),
        };
        using var embedder = TaskEmbedder.Open(night.Settings.Embedder);
        using var repository = night.Settings.Repository is { } clone ? RepositoryHistory.Open(clone) : null;
        var sources = Sources(repository, embedder);
        var recipe = new ArtifactRecipe(
            Stage,
            Version,
            sources.Recipe is { } beside
                ? new
                {
                    @base = night.Base.Sha256,
                    options,
                    sources = beside,
                }
                : new { @base = night.Base.Sha256, options },
            night.Settings.Seed,
            replayed is null ? [reduced.Key] : [reduced.Key, replayed.Key]
        );
        return night.Make(
            ArtifactKind.Mined,
            recipe,
            draft => Mine(draft, reduced, options, sources, embedder, cancellation)
        );
    }

    public static IReadOnlyList<TeacherContext> ReadContexts(Artifact mined) =>
        [.. ParquetTable.Read<TeacherContext>(mined.File(ContextsFile))];

    private MiningSources Sources(RepositoryHistory? repository, TaskEmbedder embedder) =>
        new()
        {
            Repository = repository,
            Rules = ProjectRules.Read(
                night.Settings.Context,
                night.Workspace.Episodes.Projects(),
                Environment.GetFolderPath(Environment.SpecialFolder.UserProfile),
                new SecretScrubber(ScrubRules.With(night.Settings.ScrubRules)).Scrub
            ),
            Embedder = night.Settings.Embedder is null ? null : embedder.Name,
            CardReviews = new ImprintBook(night.Workspace.Home, night.Time).Current(),
        };

    public static IReadOnlyList<Pattern> ReadPatterns(Artifact mined) =>
        [.. ParquetTable.Read<PatternRow>(mined.File(PatternsFile)).Select(r => r.ToPattern())];

    /// <summary>What its patterns did when they were tried; null: none was.</summary>
    public static IReadOnlyList<PatternValue>? ReadValues(Workspace workspace, Artifact mined) =>
        mined
            .Manifest.Inputs.Select(i => workspace.Artifacts.Find(ArtifactKind.Replayed, i))
            .FirstOrDefault(a => a is not null)
            is { } replayed
            ? ReplayStage.ReadValues(replayed)
            : null;

    public static MiningReport ReadReport(Artifact mined) => mined.ReadJson<MiningReport>(ReportFile);

    private static MiningOptions Options(NightSettings settings) =>
        settings.Mining with
        {
            Split = settings.Mining.Split with { Seed = settings.Seed },
            Examples = settings.Mining.Examples with
            {
                TrainTokensMax = Math.Max(1, settings.Training.MaxTrainTokens / settings.Training.Epochs),
                Seed = settings.Seed,
            },
        };

    private void Mine(
        ArtifactDraft draft,
        Artifact reduced,
        MiningOptions options,
        MiningSources sources,
        TaskEmbedder embedder,
        CancellationToken cancellation
    )
    {
        var tokenizer = night.Tokenizer();
        var parts = new ReduceStage(night).Parts(cancellation);
        var current = ParquetFile.Read<CurrentEpisode>(reduced.File(ReduceStage.EpisodesFile)).ToList();
        var vectors = new KeptVectors(night.Workspace, parts, current, embedder, cancellation);
        sources = sources with { SameMeaning = vectors.Same };
        var input = new KeptEpisodes(
            night.Workspace,
            parts,
            current,
            new EpisodeDigester(tokenizer.CountTokens, DigestOptions.Of(options), night.OutcomeRules()),
            night.Base.Sha256,
            cancellation
        );
        var mined = new Miner(tokenizer.CountTokens, Tokenize, options, sources).Run(
            input,
            night.Progress,
            cancellation
        );
        if (mined.Train.Examples.Count == 0)
        {
            throw new BadInputException(
                new SourceLocation(night.Workspace.Home, 0),
                $"Of {mined.Report.Episodes} episodes {mined.Report.Succeeded} are known to have succeeded, and none gives a training example.",
                "Only success teaches. Collect logs that tell how episodes ended, let tests run at the end of a task, or say it: 'distiller episodes label ID succeeded'."
            );
        }

        ParquetTable.Write(draft[PatternsFile], mined.Patterns.Select(PatternRow.Of));
        AtomicFile.WriteAllBytes(
            draft[CardsFile],
            JsonSerializer.SerializeToUtf8Bytes(mined.Cards, EpisodeJson.Options)
        );
        ParquetTable.Write(
            draft[TaskSearch.TasksFile],
            vectors
                .Rows()
                .Where(r => mined.Outcomes.ContainsKey(new EpisodeId(r.Id)))
                .OrderBy(r => r.Id, StringComparer.Ordinal)
                .Select(r => SearchedTask.Of(r, mined.Outcomes[new EpisodeId(r.Id)], embedder.Name))
        );
        if (mined.Repository is { } shown)
        {
            ParquetTable.Write(draft[RepositoryVerdict.FileName], RepositoryVerdict.Of(shown));
        }

        ParquetTable.Write(draft[ContextsFile], mined.Contexts);
        ParquetTable.Write(draft[UnsolvedFile], mined.Unsolved.Select(i => new UnsolvedTask(i.Value)));
        ExampleFile.Write(draft[TrainFile], mined.Train.Examples);
        ExampleFile.Write(draft[HoldoutFile], mined.Holdout.Examples);
        EpisodeFile.Write(draft[HoldoutEpisodesFile], input.Episodes(mined.Holdout.Episodes));
        AtomicFile.WriteAllBytes(
            draft[ReportFile],
            JsonSerializer.SerializeToUtf8Bytes(mined.Report, EpisodeJson.Options)
        );

        (int[], bool[]) Tokenize(IReadOnlyList<ChatMessage> messages)
        {
            var chat = tokenizer.TokenizeChat(messages);
            return (chat.Tokens, chat.AssistantMask);
        }
    }
}

/// <summary>A task of the training side that does not teach by how it went: its request may still be asked of a teacher.</summary>
public sealed record UnsolvedTask(string Id);
