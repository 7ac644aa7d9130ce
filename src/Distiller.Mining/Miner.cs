using Distiller.Core.Settings;
using Distiller.Mining.Deduplicating;
using Distiller.Mining.Examples;
using Distiller.Mining.Labelling;
using Distiller.Mining.Patterns;
using Distiller.Mining.Reviewing;
using Distiller.Mining.Splitting;

namespace Distiller.Mining;

/// <summary>
/// From reduced episodes to patterns and training examples, in running order: duplicates out, tasks split, patterns mined,
/// examples built. The order of the input does not matter, and nothing of a holdout task reaches a pattern or
/// a training example.
/// </summary>
public sealed class Miner
{
    private readonly Func<string, int> _countTokens;
    private readonly Func<IReadOnlyList<ChatMessage>, (int[] Tokens, bool[] AssistantMask)> _tokenizeChat;
    private readonly MiningOptions _options;

    /// <param name="countTokens">Tokens of a text in the base's vocabulary.</param>
    /// <param name="tokenizeChat">
    /// Applies the base's chat template: T tokens and T flags, true on what the assistant says.
    /// </param>
    public Miner(
        Func<string, int> countTokens,
        Func<IReadOnlyList<ChatMessage>, (int[] Tokens, bool[] AssistantMask)> tokenizeChat,
        MiningOptions? options = null
    )
    {
        _countTokens = countTokens;
        _tokenizeChat = tokenizeChat;
        _options = options ?? new MiningOptions();
        OptionsCheck.Require(_options);
    }

    /// <param name="episodes">Reduced ones; enumerated several times, only the successful are held in memory.</param>
    public MiningResult Run(
        IEnumerable<Episode> episodes,
        IProgress<StageProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        Tell(progress, 0, "looking for duplicates", cancellation);
        var deduplication = Deduplicator.Run(episodes, _options.Deduplication);
        var distinct = episodes.Where(e => !deduplication.Duplicates.ContainsKey(e.Id));

        Tell(progress, 1, "splitting tasks", cancellation);
        var split = Splitter.Run(episodes, deduplication.GroupOf, _options.Split);

        Tell(progress, 2, "labelling", cancellation);
        var labelled = Label(distinct, split, cancellation);

        Tell(progress, 3, "mining patterns", cancellation);
        var mining = new PatternMiner(_countTokens, _options.Patterns, _options.Reviews).Mine(
            distinct.Where(e => split.Of(e) == Split.Train),
            deduplication.GroupOf
        );

        Tell(progress, 4, "building examples", cancellation);
        var rejected = new RejectedSpans(_options.Reviews?.Rejected ?? [], _options.Patterns);
        var builder = new ExampleBuilder(_tokenizeChat, _options.Examples, rejected.Turns);
        var train = builder.Build(labelled.Train);
        // The budget is for training; what is only measured is measured whole, rejected procedures too.
        var whole = new ExampleBuilder(_tokenizeChat, _options.Examples with { TrainTokensMax = null });
        var holdout = whole.Build(labelled.Holdout);

        Tell(progress, 5, "done", cancellation);
        var report = new MiningReport
        {
            Episodes = labelled.Counts.Values.Sum() + deduplication.Duplicates.Count,
            Duplicates = deduplication.Duplicates.Count,
            Succeeded = labelled.Counts.GetValueOrDefault(OutcomeKind.Succeeded),
            Failed = labelled.Counts.GetValueOrDefault(OutcomeKind.Failed),
            Unknown = labelled.Counts.GetValueOrDefault(OutcomeKind.Unknown),
            Tasks = deduplication.GroupOf.Count,
            TaskGroups = deduplication.Groups,
            SplitMethod = split.Method,
            TrainTasks = split.Count(Split.Train),
            HoldoutTasks = split.Count(Split.Holdout),
            Patterns = mining.Patterns.Count,
            PatternTokensInPrompt = _countTokens(PatternText.Render(mining.Patterns)),
            PatternSupportMin = mining.SupportMin,
            FrequentSequences = mining.Frequent,
            ClosedSequences = mining.Closed,
            HarmfulSequences = mining.Harmful,
            PatternsTruncated = mining.Truncated,
            UntaughtTurns = _options.Reviews is null ? null : train.UntaughtTurns,
            TrainExamples = train.Report,
            HoldoutExamples = holdout.Report,
        };
        return new MiningResult(deduplication, split, mining.Patterns, train, holdout, report);
    }

    private static Labelled Label(IEnumerable<Episode> episodes, SplitAssignment split, CancellationToken cancellation)
    {
        var labelled = new Labelled();
        foreach (var episode in episodes)
        {
            cancellation.ThrowIfCancellationRequested();
            var label = Labeller.Label(episode);
            labelled.Counts[label.Kind] = labelled.Counts.GetValueOrDefault(label.Kind) + 1;
            if (label.MayTeach)
            {
                (split.Of(episode) == Split.Train ? labelled.Train : labelled.Holdout).Add(episode);
            }
        }

        return labelled;
    }

    private static void Tell(IProgress<StageProgress>? progress, int done, string note, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        progress?.Report(new StageProgress("mine", done, 5, note));
    }

    private sealed class Labelled
    {
        public List<Episode> Train { get; } = [];

        public List<Episode> Holdout { get; } = [];

        public Dictionary<OutcomeKind, int> Counts { get; } = [];
    }
}

public sealed record MiningOptions
{
    public DeduplicationOptions Deduplication { get; init; } = new();
    public SplitOptions Split { get; init; } = new();
    public PatternOptions Patterns { get; init; } = new();
    public ExampleOptions Examples { get; init; } = new();

    /// <summary>What people decided on patterns; null where nothing is decided.</summary>
    public ReviewedProcedures? Reviews { get; init; }
}

/// <summary>Everything one mining run makes.</summary>
/// <param name="Patterns">The most useful first.</param>
/// <param name="Train">Rows to learn from.</param>
/// <param name="Holdout">Rows of the successful holdout episodes, for the loss on tasks never seen.</param>
public sealed record MiningResult(
    Deduplication Deduplication,
    SplitAssignment Split,
    IReadOnlyList<Pattern> Patterns,
    ExampleSet Train,
    ExampleSet Holdout,
    MiningReport Report
);
