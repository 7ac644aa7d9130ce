using Distiller.Core;
using Distiller.Jobs.Stages;
using Distiller.Lake;

namespace Distiller.Jobs.Keeping;

/// <summary>
/// Discards raw episodes of a certain age once they were distilled. An episode was distilled when it stands in the reduced
/// input from which an adapter of this workspace was finished (adapter, the mining it learned from, the episodes mined: all
/// three are there); on which side of the split it stood does not matter. Its age counts from its start; where the log
/// tells no time, from the first such input. A record that a longer one of the same key has replaced is needed by nothing and
/// goes when it is old. What stays are hashes, see <see cref="EpisodeStore.Discard"/>.
/// </summary>
public static class Retention
{
    public const int RawDaysMax = 36_500;

    /// <summary>Tells what <see cref="Run"/> would do; needs no lock.</summary>
    /// <param name="rawDays">1 to 36,500.</param>
    public static RetentionReport Plan(Workspace workspace, int rawDays, TimeProvider time) =>
        Look(workspace, rawDays, time).Report;

    /// <summary>Discards, all at once: a process killed at any moment leaves the state before or after.</summary>
    /// <param name="workspace">Open for writing.</param>
    /// <param name="rawDays">1 to 36,500.</param>
    public static RetentionReport Run(
        Workspace workspace,
        int rawDays,
        TimeProvider time,
        CancellationToken cancellation = default
    )
    {
        var (report, ids) = Look(workspace, rawDays, time);
        workspace.Episodes.Discard(ids, time.GetUtcNow(), cancellation);
        return report with { BytesAfter = workspace.Episodes.Bytes() };
    }

    private static (RetentionReport Report, IReadOnlySet<EpisodeId> Ids) Look(
        Workspace workspace,
        int rawDays,
        TimeProvider time
    )
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rawDays, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rawDays, RawDaysMax);
        var before = time.GetUtcNow() - TimeSpan.FromDays(rawDays);
        var distilled = Distilled(workspace);
        var ids = new HashSet<EpisodeId>();
        long current = 0,
            superseded = 0,
            notDistilled = 0,
            young = 0;
        foreach (var stamp in workspace.Episodes.Stamps())
        {
            var wasDistilled = distilled.TryGetValue(stamp.Id, out var since);
            var born = stamp.StartedAt ?? (wasDistilled ? since : DateTimeOffset.MaxValue);
            if (born >= before)
            {
                young += stamp.IsCurrent ? 1 : 0;
            }
            else if (stamp.IsCurrent && !wasDistilled)
            {
                notDistilled++;
            }
            else
            {
                ids.Add(stamp.Id);
                current += stamp.IsCurrent ? 1 : 0;
                superseded += stamp.IsCurrent ? 0 : 1;
            }
        }

        var bytes = workspace.Episodes.Bytes();
        return (new RetentionReport(before, current, superseded, notDistilled, young, bytes, null), ids);
    }

    /// <summary>Every distilled episode with the time of the first input it stands in.</summary>
    private static Dictionary<EpisodeId, DateTimeOffset> Distilled(Workspace workspace)
    {
        var distilled = new Dictionary<EpisodeId, DateTimeOffset>();
        var inputs = workspace
            .Artifacts.List(ArtifactKind.Adapter)
            .Select(a => Input(workspace, Input(workspace, a, ArtifactKind.Studied) ?? a, ArtifactKind.Mined))
            .OfType<Artifact>()
            .Select(m => Input(workspace, m, ArtifactKind.Reduced))
            .OfType<Artifact>()
            .DistinctBy(r => r.Key)
            .OrderBy(r => r.Manifest.Created);
        foreach (var reduced in inputs)
        {
            foreach (var id in EpisodeFile.ReadIds(reduced.File(ReduceStage.EpisodesFile)))
            {
                distilled.TryAdd(id, reduced.Manifest.Created);
            }
        }

        return distilled;
    }

    private static Artifact? Input(Workspace workspace, Artifact of, string kind) =>
        of.Manifest.Inputs.Count > 0 ? workspace.Artifacts.Find(kind, of.Manifest.Inputs[0]) : null;
}

/// <summary>What a retention did, or would do.</summary>
/// <param name="Before">Records older than this time may go.</param>
/// <param name="Discarded">Current episodes that went, or would go.</param>
/// <param name="Superseded">Records that went with them whose key has a longer record.</param>
/// <param name="NotDistilled">Current episodes that are old enough and stay, because no finished adapter was made with them.</param>
/// <param name="Young">Current episodes that stay because they are not old enough, or because their age is not known.</param>
/// <param name="BytesBefore">Of the part files.</param>
/// <param name="BytesAfter">Of the part files, hashes of what was discarded included; null where nothing was done.</param>
public sealed record RetentionReport(
    DateTimeOffset Before,
    long Discarded,
    long Superseded,
    long NotDistilled,
    long Young,
    long BytesBefore,
    long? BytesAfter
);
