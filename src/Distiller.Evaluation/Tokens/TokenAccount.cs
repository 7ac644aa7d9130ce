using Distiller.Core;
using Distiller.Edge;

namespace Distiller.Evaluation;

/// <summary>
/// Counts the tokens of each step (one request to a model, which writes one assistant turn) of held-out episodes, with the
/// context that an agent carries today and without it.
/// </summary>
public static class TokenAccount
{
    private const string Stage = "tokens per step";

    /// <summary>
    /// One row per assistant message. An episode is tokenized once for each context, whole: the runs of its assistant
    /// mask are the completions, and what stands before each run is its prompt.
    /// </summary>
    /// <param name="verboseOf">What an agent carries in the prompts of an episode today; may be empty.</param>
    /// <param name="systemLine">What the model is told when the adapter carries the rest.</param>
    public static IReadOnlyList<TokenRow> Count(
        IReadOnlyList<Episode> episodes,
        ChatTokenizer tokenizer,
        Func<EpisodeId, string> verboseOf,
        string systemLine,
        IProgress<StageProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        var rows = new List<TokenRow>();
        foreach (var (i, episode) in episodes.Index())
        {
            cancellation.ThrowIfCancellationRequested();
            progress?.Report(new StageProgress(Stage, i, episodes.Count, ""));
            rows.AddRange(Count(episode, tokenizer, verboseOf(episode.Id), systemLine));
        }

        progress?.Report(new StageProgress(Stage, episodes.Count, episodes.Count, "counted"));
        return rows;
    }

    private static IEnumerable<TokenRow> Count(
        Episode episode,
        ChatTokenizer tokenizer,
        string verbose,
        string systemLine
    )
    {
        var before = Steps(tokenizer.TokenizeChat(Conversation.ToMessages(verbose, episode.Turns)));
        var after = Steps(tokenizer.TokenizeChat(Conversation.ToMessages(systemLine, episode.Turns)));
        if (before.Count != after.Count)
        {
            throw new BadInputException(
                new SourceLocation($"episode {episode.Id}", 0),
                $"It has {before.Count} assistant messages with one system text and {after.Count} with another.",
                "The base's chat template drops messages; use a base whose template keeps them."
            );
        }

        return before.Select(
            (step, i) =>
                new TokenRow
                {
                    EpisodeId = episode.Id.Value,
                    Step = i,
                    PromptBefore = step.Prompt,
                    PromptAfter = after[i].Prompt,
                    Completion = step.Completion,
                }
        );
    }

    private static List<(int Prompt, int Completion)> Steps(TokenizedChat chat)
    {
        var steps = new List<(int, int)>();
        for (var t = 0; t < chat.AssistantMask.Length; t++)
        {
            var start = t;
            while (t < chat.AssistantMask.Length && chat.AssistantMask[t])
            {
                t++;
            }

            if (t > start)
            {
                steps.Add((start, t - start));
            }
        }

        return steps;
    }
}

/// <summary>Tokens of one step (one request to a model) of a held-out episode, with the verbose context and without it.</summary>
public sealed record TokenRow
{
    public required string EpisodeId { get; init; }

    /// <summary>0-based assistant turn of the episode.</summary>
    public required int Step { get; init; }

    /// <summary>Tokens before the turn when the verbose context is written out.</summary>
    public required int PromptBefore { get; init; }

    /// <summary>Tokens before the turn with the one-line system text.</summary>
    public required int PromptAfter { get; init; }

    /// <summary>Tokens of the turn as logged: the same in both.</summary>
    public required int Completion { get; init; }
}
