using Distiller.Core;
using Distiller.Lake;
using Distiller.Mining.Labelling;
using Distiller.Mining.Reducing;
using Distiller.Mining.Tasks;

namespace Distiller.Jobs.Stages;

/// <summary>
/// Episodes to reduced tasks: sessions cut at their requests, outcomes told from what the transcripts show, tool output
/// shortened, everything else as it was. The reduced episodes are kept for each part
/// of the store, so that a new day costs the new day; the artifact says which of them count.
/// </summary>
public sealed class ReduceStage(Night night)
{
    /// <summary>Rows of <see cref="CurrentEpisode"/>, in the order of their ids.</summary>
    public const string EpisodesFile = "episodes.parquet";
    public const string ReductionsFile = "reductions.parquet";
    private const string Stage = "reduce";
    internal const string Version = "5";
    private static readonly ReductionOptions Options = new();

    public Artifact Run(CancellationToken cancellation = default)
    {
        var episodes = night.Workspace.Episodes.Count().Episodes;
        if (episodes == 0)
        {
            throw Empty(night.Workspace);
        }

        var days = night.Settings.NewestDays;
        var recipe = new ArtifactRecipe(
            Stage,
            Version,
            days == 0 ? Decisive() : new { decisive = Decisive(), newestDays = days },
            0,
            [night.Workspace.Episodes.SnapshotId()]
        );
        return night.Make(ArtifactKind.Reduced, recipe, draft => Reduce(draft, cancellation));
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

    /// <summary>Files of <see cref="ReducedEpisodeRow"/>, one for each part of the store; only new parts are reduced.</summary>
    public IReadOnlyList<string> Parts(CancellationToken cancellation)
    {
        var reducer = new EpisodeReducer(Options);
        var judge = new TaskJudge(night.OutcomeRules());
        var parts = night.Workspace.Episodes.Parts();
        var (done, total) = (0L, new Lazy<long>(() => night.Workspace.Episodes.Count().Episodes));
        var reduced = night.Workspace.Kept.Make("reduced", Decisive(), parts, Reduced);
        // What lists of episodes tell of them: all else in a reduced part is a conversation.
        _ = night.Workspace.Kept.Make(
            KeptOutcome.Name,
            new { KeptOutcome.Version, of = Decisive() },
            reduced,
            KeptOutcome.ReadReduced
        );
        return reduced;

        IEnumerable<ReducedEpisodeRow> Reduced(string part)
        {
            var tokenizer = night.Tokenizer();
            foreach (var episode in EpisodeFile.Read(part))
            {
                cancellation.ThrowIfCancellationRequested();
                foreach (var (task, evidence) in judge.Judge(episode))
                {
                    yield return ReducedEpisodeRow.Of(reducer.Reduce(task, tokenizer.CountTokens), evidence);
                }

                night.Tell(Stage, Math.Min(++done, total.Value - 1), total.Value, $"{done} episodes");
            }
        }
    }

    /// <summary>What decides the rows besides the episodes.</summary>
    private object Decisive() =>
        new
        {
            Version,
            tasks = TaskCutter.Version,
            rules = night.OutcomeRules().Hash,
            @base = night.Base.Sha256,
            options = Options,
        };

    private void Reduce(ArtifactDraft draft, CancellationToken cancellation)
    {
        var parts = Parts(cancellation);
        var current = night.Workspace.Episodes.Current(Since()).ToList();
        var ids = current.Select(c => c.Id).ToHashSet(StringComparer.Ordinal);
        ParquetFile.Write(draft[EpisodesFile], current);
        ParquetTable.Write(
            draft[ReductionsFile],
            ReductionSummary.Of(
                ParquetFile
                    .Read<EpisodeReductions>(parts)
                    .Where(e => ids.Contains(new EpisodeId(e.Id).Collected.Value))
                    .SelectMany(e => e.Sums())
            )
        );
        night.Tell(Stage, 1, 1, $"{current.Count} episodes");
    }

    private DateTimeOffset? Since() =>
        night.Settings.NewestDays == 0 ? null : night.Workspace.Episodes.Newest()?.AddDays(-night.Settings.NewestDays);
}
