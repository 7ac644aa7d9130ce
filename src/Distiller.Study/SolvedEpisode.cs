using Distiller.Core;
using Distiller.Retrieval;

namespace Distiller.Study;

/// <summary>A logged success under a context.</summary>
/// <param name="First">The first thing that the agent said, calls included, as a model writes it.</param>
/// <param name="StartedAt">Null where the log has no times.</param>
public sealed record SolvedEpisode(
    EpisodeId Id,
    string ContextId,
    DateTimeOffset? StartedAt,
    PastSuccess Past,
    string First
)
{
    public static SolvedEpisode Of(Episode episode, string contextId)
    {
        var said = episode.Turns.Where(t => t.Role == TurnRole.Assistant).ToList();
        return new SolvedEpisode(
            episode.Id,
            contextId,
            episode.StartedAt,
            new PastSuccess(
                episode.Turns.FirstOrDefault(t => t.IsRequest)?.Text ?? "",
                string.Join('\n', said.Select(t => t.Text))
            ),
            said.Count == 0 ? "" : Conversation.ToMessage(said[0]).Content
        );
    }
}

/// <summary>A request that was logged without a good answer.</summary>
/// <param name="System">The document that was in the agent's prompt; empty where the log does not have it.</param>
public sealed record UnsolvedRequest(string System, string Request)
{
    /// <returns>Null where nobody asked for anything.</returns>
    public static UnsolvedRequest? Of(Episode episode) =>
        episode.Turns.FirstOrDefault(t => t.IsRequest)?.Text is { Length: > 0 } request
            ? new UnsolvedRequest(
                string.Join("\n\n", episode.Turns.Where(t => t.Role == TurnRole.System).Select(t => t.Text)),
                request
            )
            : null;
}
