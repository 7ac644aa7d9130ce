using Distiller.Core;
using Distiller.Lake;
using Distiller.Retrieval;

namespace Distiller.Jobs.Stages;

/// <summary>The episodes that taught the adapter, as requests with their answers.</summary>
internal static class PastSuccesses
{
    /// <summary>A task that was cut out of a session is left out: its turns are not those of the collected episode.</summary>
    public static IReadOnlyList<PastSuccess> Of(Workspace workspace, Artifact mined)
    {
        var taught = ExampleFile.Read(mined.File(MineStage.TrainFile)).Select(e => e.EpisodeId).ToHashSet();
        return
        [
            .. workspace
                .Episodes.Read()
                .Where(e => taught.Contains(e.Id))
                .OrderBy(e => e.StartedAt)
                .ThenBy(e => e.Id)
                .Select(e => new PastSuccess(
                    e.Turns.FirstOrDefault(t => t.Role == TurnRole.User)?.Text ?? "",
                    string.Join('\n', e.Turns.Where(t => t.Role == TurnRole.Assistant).Select(t => t.Text))
                )),
        ];
    }
}
