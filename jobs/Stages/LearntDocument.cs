using Distiller.Core;
using Distiller.Lake;
using Distiller.Retrieval;
using Distiller.Study;

namespace Distiller.Jobs.Stages;

/// <summary>The documents that stood in the prompts of the episodes that teach, in their newest versions.</summary>
internal sealed class LearntDocument(Night night, Artifact mined)
{
    /// <summary>Requests kept of one entry, the newest: enough to know the words in which people ask for it.</summary>
    private const int AskedMax = 32;

    /// <summary>The most used first.</summary>
    /// <param name="rows">Rows of the mining; what was made from documents is not among them.</param>
    public IReadOnlyList<StudiedContext> All(IReadOnlyList<TrainingExample> rows, CancellationToken cancellation) =>
        StudiedContext.Of(
            MineStage.ReadContexts(mined).ToDictionary(c => c.Id, c => c.Text, StringComparer.Ordinal),
            Taught(rows, cancellation)
        );

    /// <summary>The most used one, with the words in which its entries were asked for; null where no prompt had one.</summary>
    public LearntContext? Read(CancellationToken cancellation)
    {
        var rows = ExampleFile.Read(mined.File(MineStage.TrainFile)).ToList();
        if (All(rows, cancellation) is not [var most, ..])
        {
            return null;
        }

        var requests = new EntryRequests(most.Newest.Entries, [.. most.Solved.Select(s => s.Past)]);
        return new LearntContext([
            .. most.Newest.Entries.Select(e => new LearntEntry(
                e.Id,
                e.Text,
                [.. requests.Of(e).Select(Words).Where(w => w.Length > 0).TakeLast(AskedMax)]
            )),
        ]);
    }

    private static string Words(string request) =>
        string.Join(' ', TextWords.Of(request).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));

    /// <summary>The episodes behind the rows, with the context that each was taught under.</summary>
    private IEnumerable<SolvedEpisode> Taught(IReadOnlyList<TrainingExample> rows, CancellationToken cancellation)
    {
        var contextOf = rows.Where(r => r.ContextId.Length > 0)
            .DistinctBy(r => r.EpisodeId)
            .ToDictionary(r => r.EpisodeId, r => r.ContextId);
        return ParquetFile
            .ReadById<EpisodeRow>(new ReduceStage(night).Parts(cancellation), [.. contextOf.Keys.Select(i => i.Value)])
            .Select(row => row.ToEpisode())
            .Select(e => SolvedEpisode.Of(e, contextOf[e.Id]));
    }
}
