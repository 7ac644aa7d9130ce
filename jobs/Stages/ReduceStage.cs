using Distiller.Core;
using Distiller.Lake;
using Distiller.Mining.Reducing;

namespace Distiller.Jobs.Stages;

/// <summary>Episodes to reduced episodes: tool output shortened, everything else as it was.</summary>
public sealed class ReduceStage(Night night)
{
    public const string EpisodesFile = "episodes.parquet";
    public const string ReductionsFile = "reductions.parquet";
    private const string Stage = "reduce";
    internal const string Version = "2";

    public Artifact Run(CancellationToken cancellation = default)
    {
        var episodes = night.Workspace.Episodes.Count().Episodes;
        if (episodes == 0)
        {
            throw Empty(night.Workspace);
        }

        var options = new ReductionOptions();
        var days = night.Settings.NewestDays;
        var recipe = new ArtifactRecipe(
            Stage,
            Version,
            days == 0
                ? new { @base = night.Base.Sha256, options }
                : new
                {
                    @base = night.Base.Sha256,
                    options,
                    newestDays = days,
                },
            0,
            [night.Workspace.Episodes.SnapshotId()]
        );
        return night.Make(ArtifactKind.Reduced, recipe, draft => Reduce(draft, options, episodes, cancellation));
    }

    public static IReadOnlyList<ReductionSummary> ReadReductions(Artifact reduced) =>
        [.. ParquetTable.Read<ReductionSummary>(reduced.File(ReductionsFile))];

    private static BadInputException Empty(Workspace workspace)
    {
        var place = new SourceLocation(workspace.Home, 0);
        return workspace.Quarantine.Count() is var records and > 0
            ? new BadInputException(
                place,
                $"The workspace holds no episode, and its quarantine {(records == 1 ? "one record" : $"{records} records")}.",
                $"'distiller quarantine --home {workspace.Home}' lists why; correct the files and collect them again."
            )
            : new BadInputException(
                place,
                "The workspace holds no episode.",
                "Give logs to it: 'distiller collect LOGS', or 'distiller nightly --from LOGS'."
            );
    }

    private void Reduce(ArtifactDraft draft, ReductionOptions options, long episodes, CancellationToken cancellation)
    {
        var reducer = new EpisodeReducer(options);
        var tokenizer = night.Tokenizer();
        var reductions = new List<Reduction>();
        var done = 0;
        var since = Since();
        EpisodeFile.Write(
            draft[EpisodesFile],
            night.Workspace.Episodes.Read().Where(e => !(e.StartedAt < since)).Select(Reduced)
        );
        ParquetTable.Write(draft[ReductionsFile], ReductionSummary.Of(reductions));

        // Null, and a comparison with null is false: nothing is left out.
        DateTimeOffset? Since() =>
            night.Settings.NewestDays == 0
                ? null
                : night.Workspace.Episodes.Newest()?.AddDays(-night.Settings.NewestDays);

        Episode Reduced(Episode episode)
        {
            cancellation.ThrowIfCancellationRequested();
            var (shorter, made) = reducer.Reduce(episode, tokenizer.CountTokens);
            reductions.AddRange(made);
            night.Tell(Stage, ++done, episodes, $"{done} episodes");
            return shorter;
        }
    }
}
