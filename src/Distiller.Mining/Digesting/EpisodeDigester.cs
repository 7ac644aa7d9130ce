using Distiller.Mining.Deduplicating;
using Distiller.Mining.Labelling;
using Distiller.Mining.Patterns;

namespace Distiller.Mining.Digesting;

/// <summary>Makes an episode's digest. It depends on the episode, the base's vocabulary and <see cref="DigestOptions"/> alone.</summary>
/// <param name="countTokens">Tokens of a text in the base's vocabulary.</param>
public sealed class EpisodeDigester(Func<string, int> countTokens, DigestOptions options)
{
    /// <summary>Raised when the same episode would give another digest.</summary>
    internal const string Version = "1";

    /// <summary>What decides a digest besides the episode and the vocabulary, for the recipe of what is kept.</summary>
    public object Recipe => new { Version, options };

    public EpisodeDigestRow Digest(Episode episode)
    {
        var label = Labeller.Label(episode);
        var steps = ToolSequence.Of(episode, options.ThinkingTools, options.StepsPerEpisodeMax);
        return new EpisodeDigestRow
        {
            Id = episode.Id.Value,
            TaskId = episode.TaskId,
            StartedAt = episode.StartedAt,
            Time = episode.StartedAt ?? episode.Turns.Max(t => t.Time),
            Outcome = (int)label.Kind,
            MayTeach = label.MayTeach,
            Turns = episode.Turns.Count,
            Chars = episode.Turns.Sum(t => t.Text.Length + t.ToolCalls.Sum(c => (long)c.ArgumentsJson.Length)),
            Content = Fingerprint.Content(episode),
            Opening = Fingerprint.Opening(episode, options.OpeningWordsMin),
            Calls = Fingerprint.Calls(episode),
            Signature = Fingerprint.Signature(episode),
            Tools = [.. steps.Select(s => s.Tool)],
            Words = label.MayTeach ? Words(episode) : [],
            OutputTokens = label.MayTeach ? OutputTokens(episode) : 0,
            Steps = label.MayTeach ? [.. steps.Select(StepTemplate.Write)] : [],
        };
    }

    private static string[] Words(Episode episode) =>
        [.. UserWords.Of(UserWords.Text(episode), mask: false).Where(StopWords.Tells).Distinct(StringComparer.Ordinal)];

    private int OutputTokens(Episode episode) =>
        episode.Turns.Where(t => t.Role == TurnRole.Assistant).Sum(t => countTokens(Conversation.ToMessage(t).Content));
}

/// <summary>Those of the options of mining that decide what a digest holds.</summary>
public sealed record DigestOptions(IReadOnlySet<string> ThinkingTools, int StepsPerEpisodeMax, int OpeningWordsMin)
{
    public static DigestOptions Of(MiningOptions options) =>
        new(options.Patterns.ThinkingTools, options.Patterns.StepsPerEpisodeMax, options.Deduplication.OpeningWordsMin);
}
