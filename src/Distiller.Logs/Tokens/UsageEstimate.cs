namespace Distiller.Logs.Tokens;

/// <summary>
/// What an episode whose log gives no usage took: each assistant turn is one request, whose prompt is everything before
/// it. Templates' markers and tool definitions are not in the log and not counted; what a provider's cache held is not
/// known, so the prompts are one class.
/// </summary>
/// <param name="Requests">Assistant turns.</param>
/// <param name="PromptTokens">Summed over the requests, cached or not.</param>
/// <param name="IsEstimate">The model's encoding is not known and bytes were counted.</param>
/// <param name="Method">How tokens were counted, in words for people.</param>
public sealed record UsageEstimate(int Requests, long PromptTokens, long OutputTokens, bool IsEstimate, string Method)
{
    /// <returns>Null for an episode with logged usage, which is never replaced by a count of ours.</returns>
    public static UsageEstimate? For(Episode episode)
    {
        if (episode.Usage.Total > 0)
        {
            return null;
        }

        var counter = CloudTokenCounter.For(episode.Model);
        var (requests, prompts, output, before) = (0, 0L, 0L, 0L);
        foreach (var turn in episode.Turns)
        {
            var tokens = counter.Count(Conversation.ToMessage(turn).Content);
            if (turn.Role == TurnRole.Assistant)
            {
                requests++;
                prompts += before;
                output += tokens;
            }

            before += tokens;
        }

        return new UsageEstimate(requests, prompts, output, counter.IsEstimate, counter.Method);
    }
}
