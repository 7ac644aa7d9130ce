using Distiller.Mining.Cards;
using Distiller.Mining.Deduplicating;
using Distiller.Mining.Outcomes;
using Distiller.Mining.Patterns;

namespace Distiller.Mining.Digesting;

/// <summary>Makes an episode's digest. It depends on the episode, the base's vocabulary and <see cref="DigestOptions"/> alone.</summary>
/// <param name="outcomeRules">Tell kinds of commands; null for the shipped ones.</param>
/// <param name="countTokens">Tokens of a text in the base's vocabulary.</param>
public sealed class EpisodeDigester(
    Func<string, int> countTokens,
    DigestOptions options,
    OutcomeRules? outcomeRules = null
)
{
    private readonly OutcomeRules _rules = outcomeRules ?? OutcomeRules.Default;

    /// <summary>Raised when the same episode would give another digest.</summary>
    internal const string Version = "3";

    /// <summary>What decides a digest besides the episode and the vocabulary, for the recipe of what is kept.</summary>
    public object Recipe =>
        new
        {
            Version,
            options,
            rules = _rules.Hash,
        };

    /// <param name="evidence">What its transcript says of its outcome, the strongest first.</param>
    public EpisodeDigestRow Digest(Episode episode, IReadOnlyList<Evidence>? evidence = null)
    {
        var log =
            evidence?.FirstOrDefault(e => e.Source == Evidence.Log)?.Says
            ?? (evidence is null ? episode.Outcome.Kind : OutcomeKind.Unknown);
        var rule = evidence?.FirstOrDefault(e => e.Source != Evidence.Log);
        var speaks = episode.Turns.Any(Speaks);
        var isSession = episode.Session is not null;
        var first = isSession ? FileEdits.First(episode, countTokens) : [];
        var steps = ToolSequence.Of(episode, options.ThinkingTools, options.StepsPerEpisodeMax);
        return new EpisodeDigestRow
        {
            Id = episode.Id.Value,
            Format = episode.Format,
            Tenant = episode.Tenant,
            Key = episode.Key,
            Session = episode.Session is { } session ? $"{episode.Format}/{session.Parent ?? session.Name}" : null,
            Project = episode.Session?.Project,
            Repository = episode.Session?.Repository,
            TaskId = episode.TaskId,
            StartedAt = episode.StartedAt,
            Time = episode.StartedAt ?? episode.Turns.Max(t => t.Time),
            LogOutcome = (int)log,
            Rule = rule?.Source ?? "",
            RuleOutcome = (int)(rule?.Says ?? OutcomeKind.Unknown),
            RuleConfidence = rule?.Confidence ?? 0,
            RuleIsDirect = rule?.Direct ?? false,
            Speaks = speaks,
            Outcome = (int)log,
            MayTeach = speaks && log == OutcomeKind.Succeeded,
            Turns = episode.Turns.Count,
            Chars = episode.Turns.Sum(t => t.Text.Length + t.ToolCalls.Sum(c => (long)c.ArgumentsJson.Length)),
            Content = Fingerprint.Content(episode),
            Opening = Fingerprint.Opening(episode, options.OpeningWordsMin),
            Fork = Fingerprint.Fork(episode),
            Calls = Fingerprint.Calls(episode),
            Signature = Fingerprint.Signature(episode),
            Tools = [.. steps.Select(s => s.Tool)],
            Words = speaks ? Words(episode) : [],
            Commands = isSession ? [.. CommandRun.Of(episode, _rules, countTokens).Select(r => r.Write())] : [],
            FirstFiles = [.. first.Select(f => f.File)],
            FirstFileTokens = [.. first.Select(f => f.TokensBefore)],
            EditedFiles = isSession ? [.. FileEdits.Edited(episode)] : [],
            LastEdit = isSession ? FileEdits.LastTime(episode) : null,
            Recoveries = isSession ? [.. Recovery.Of(episode, _rules, countTokens).Select(r => r.Write())] : [],
            Corrections = isSession ? [.. Correction.Of(episode, _rules, countTokens).Select(c => c.Write())] : [],
            OutputTokens = speaks ? OutputTokens(episode) : 0,
            Steps = speaks ? [.. steps.Select(StepTemplate.Write)] : [],
        };
    }

    private static bool Speaks(Turn turn) =>
        turn.Role == TurnRole.Assistant && (turn.ToolCalls.Count > 0 || !string.IsNullOrWhiteSpace(turn.Text));

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
