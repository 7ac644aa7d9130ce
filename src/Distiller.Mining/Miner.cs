using System.ComponentModel.DataAnnotations;
using Distiller.Core.Settings;
using Distiller.Mining.Cards;
using Distiller.Mining.Contexts;
using Distiller.Mining.Deduplicating;
using Distiller.Mining.Digesting;
using Distiller.Mining.Examples;
using Distiller.Mining.Imprints;
using Distiller.Mining.Labelling;
using Distiller.Mining.Outcomes;
using Distiller.Mining.Patterns;
using Distiller.Mining.Repositories;
using Distiller.Mining.Reviewing;
using Distiller.Mining.Splitting;

namespace Distiller.Mining;

/// <summary>
/// From reduced episodes to patterns and training examples, in running order: duplicates out, tasks split, patterns mined,
/// examples built. All but the last is done on the episodes' digests. The order of the input does not matter, and nothing of a holdout task reaches a pattern or
/// a training example.
/// </summary>
public sealed class Miner
{
    /// <summary>Of tasks that do not teach, whose requests are of use: a night must not grow with all that ever went wrong.</summary>
    private const int UnsolvedMax = 2_000;

    private readonly Func<string, int> _countTokens;
    private readonly Func<IReadOnlyList<ChatMessage>, (int[] Tokens, bool[] AssistantMask)> _tokenizeChat;
    private readonly MiningOptions _options;
    private readonly MiningSources _sources;

    /// <param name="countTokens">Tokens of a text in the base's vocabulary.</param>
    /// <param name="tokenizeChat">
    /// Applies the base's chat template: T tokens and T flags, true on what the assistant says.
    /// </param>
    /// <param name="sources">What is known beside the logs; null for nothing.</param>
    public Miner(
        Func<string, int> countTokens,
        Func<IReadOnlyList<ChatMessage>, (int[] Tokens, bool[] AssistantMask)> tokenizeChat,
        MiningOptions? options = null,
        MiningSources? sources = null
    )
    {
        _sources = sources ?? new MiningSources();
        _countTokens = countTokens;
        _tokenizeChat = tokenizeChat;
        _options = options ?? new MiningOptions();
        OptionsCheck.Require(_options);
    }

    /// <param name="input">Reduced episodes; of most of them only the digest is read.</param>
    public MiningResult Run(
        IMiningInput input,
        IProgress<StageProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        Tell(progress, 0, "reading", cancellation);
        var digests = new List<EpisodeDigest>();
        foreach (var digest in input.Digests())
        {
            cancellation.ThrowIfCancellationRequested();
            digests.Add(digest);
        }

        var shown = _sources.Repository is { } history
            ? new RepositoryEvidence(history, _options.Repository).Of(digests)
            : null;
        digests = shown is null ? digests : WithRepository(digests, shown);
        var labels = new TaskLabels(digests, _options.Labels, _options.PersonLabels);
        var labelled = digests.ToDictionary(d => d.EpisodeId, labels.Of);
        digests = digests.ConvertAll(d =>
            d with
            {
                Outcome = (int)labelled[d.EpisodeId].Kind,
                MayTeach = labelled[d.EpisodeId].MayTeach,
                LabelConfidence = labelled[d.EpisodeId].Confidence,
            }
        );

        Tell(progress, 1, "looking for duplicates", cancellation);
        var deduplication = Deduplicator.Run(digests, _options.Deduplication, SameMeaning(digests));
        var distinct = digests.FindAll(d => !deduplication.Duplicates.ContainsKey(d.EpisodeId));

        Tell(progress, 2, "splitting tasks", cancellation);
        var split = Splitter.Run(digests, deduplication.GroupOf, _options.Split);
        var train = distinct.FindAll(d => split.Of(d.TaskId) == Split.Train);
        var holdout = distinct.FindAll(d => split.Of(d.TaskId) == Split.Holdout && d.MayTeach);

        Tell(progress, 3, "mining patterns", cancellation);
        var mining = new PatternMiner(_countTokens, _options.Patterns, _options.Reviews).Mine(
            train,
            input.Steps,
            deduplication.GroupOf
        );

        var cards = new CardMiner().Mine(train);

        var contexts = Contexts(train, cards);

        Tell(progress, 4, "building examples", cancellation);
        var rejected = new RejectedSpans(_options.Reviews?.Rejected ?? [], _options.Patterns);
        var builder = new ExampleBuilder(
            _tokenizeChat,
            _options.Examples,
            rejected.Turns,
            d => deduplication.GroupOf[d.TaskId],
            contexts,
            t => deduplication.SameAs.GetValueOrDefault(t, t)
        );
        var taught = builder.Build(train.Where(d => d.MayTeach), input.Episodes);
        // The budget is for training; what is only measured is measured whole, rejected procedures too.
        var whole = new ExampleBuilder(
            _tokenizeChat,
            _options.Examples with
            {
                TrainTokensMax = null,
                EpisodesMax = _options.HoldoutEpisodesMax,
                CutWandering = false,
            },
            contexts: contexts
        );
        var measured = whole.Build(holdout, input.Episodes);

        Tell(progress, 5, "done", cancellation);
        var report = new MiningReport
        {
            Episodes = digests.Count,
            Duplicates = deduplication.Duplicates.Count,
            Reworded = deduplication.Reworded,
            Succeeded = Count(distinct, OutcomeKind.Succeeded),
            Failed = Count(distinct, OutcomeKind.Failed),
            Unknown = Count(distinct, OutcomeKind.Unknown),
            Sessions = distinct.Select(d => d.Session).OfType<string>().Distinct(StringComparer.Ordinal).Count(),
            Labels = LabelCounts.Of(distinct.Select(d => labelled[d.EpisodeId])),
            UnmeasuredShare = Share(taught.Examples, e => !labelled[e.EpisodeId].IsMeasured),
            Tasks = deduplication.GroupOf.Count,
            TaskGroups = deduplication.Groups,
            SplitMethod = split.Method,
            TrainTasks = split.Count(Split.Train),
            HoldoutTasks = split.Count(Split.Holdout),
            Patterns = mining.Patterns.Count,
            Cards = cards.Count,
            PatternTokensInPrompt = _countTokens(PatternText.Render(mining.Patterns)),
            PatternSupportMin = mining.SupportMin,
            FrequentSequences = mining.Frequent,
            ClosedSequences = mining.Closed,
            HarmfulSequences = mining.Harmful,
            PatternsTruncated = mining.Truncated,
            UntaughtTurns = _options.Reviews is null ? null : taught.UntaughtTurns,
            TrainExamples = taught.Report,
            HoldoutExamples = measured.Report,
        };
        return new MiningResult(
            deduplication,
            split,
            mining.Patterns,
            cards,
            taught,
            measured,
            [.. contexts.Known],
            labelled.ToDictionary(l => l.Key, l => l.Value.Kind),
            shown,
            report
        )
        {
            Unsolved =
            [
                .. train
                    .Where(d => !d.MayTeach)
                    .OrderByDescending(d => d.StartedAt ?? DateTimeOffset.MinValue)
                    .ThenBy(d => d.Id, StringComparer.Ordinal)
                    .Take(UnsolvedMax)
                    .Select(d => d.EpisodeId),
            ],
        };
    }

    private IReadOnlyList<(string A, string B)> SameMeaning(List<EpisodeDigest> digests)
    {
        var known = digests.Select(d => d.TaskId).ToHashSet(StringComparer.Ordinal);
        return [.. _sources.SameMeaning().Where(p => known.Contains(p.A) && known.Contains(p.B))];
    }

    /// <summary>What the repository shows of a task's changes is stronger than anything its transcript does.</summary>
    private static List<EpisodeDigest> WithRepository(
        List<EpisodeDigest> digests,
        IReadOnlyDictionary<string, Evidence> evidence
    ) =>
        digests.ConvertAll(d =>
            evidence.TryGetValue(d.Id, out var shown)
                ? d with
                {
                    Rule = shown.Source,
                    RuleOutcome = (int)shown.Says,
                    RuleConfidence = shown.Confidence,
                    RuleIsDirect = shown.Direct,
                }
                : d
        );

    private TeacherContexts Contexts(IReadOnlyList<EpisodeDigest> train, IReadOnlyList<Card> cards)
    {
        var projects = CardMiner.ProjectNames(train);
        var sections = cards
            .GroupBy(c => c.Project, StringComparer.Ordinal)
            .ToDictionary(
                g => g.Key,
                g => Imprint.Of([.. g], _countTokens, _options.ImprintTokensMax, _sources.CardReviews),
                StringComparer.Ordinal
            );
        return new TeacherContexts(
            _sources.Rules,
            folder =>
                sections.TryGetValue(projects.GetValueOrDefault(folder, folder), out var imprint)
                && imprint.Cards.Count > 0
                    ? imprint.ToPrompt()
                    : ""
        );
    }

    /// <summary>Of the tokens that carry loss.</summary>
    private static double Share(IReadOnlyList<TrainingExample> examples, Func<TrainingExample, bool> which)
    {
        var all = examples.Sum(e => (long)e.LossTokens);
        return all == 0 ? 0 : (double)examples.Where(which).Sum(e => (long)e.LossTokens) / all;
    }

    private static int Count(List<EpisodeDigest> digests, OutcomeKind kind) => digests.Count(d => d.Kind == kind);

    private static void Tell(IProgress<StageProgress>? progress, int done, string note, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        progress?.Report(new StageProgress("mine", done, 5, note));
    }
}

public sealed record MiningOptions
{
    public DeduplicationOptions Deduplication { get; init; } = new();
    public SplitOptions Split { get; init; } = new();
    public PatternOptions Patterns { get; init; } = new();
    public LabelOptions Labels { get; init; } = new();
    public ExampleOptions Examples { get; init; } = new();
    public RepositoryOptions Repository { get; init; } = new();

    /// <summary>Tokens of a project's imprint in the verbose context of tasks whose log holds no system message.</summary>
    [Range(1, 100_000)]
    public int ImprintTokensMax { get; init; } = 800;

    /// <summary>
    /// Successful held-out episodes that are measured, drawn by the seed: their loss and tokens are known well enough by
    /// then, and a large workspace need not be read for more.
    /// </summary>
    [Range(1, int.MaxValue)]
    public int HoldoutEpisodesMax { get; init; } = 500;

    /// <summary>What people said of outcomes, by task; null where nobody said anything.</summary>
    public IReadOnlyDictionary<string, PersonLabel>? PersonLabels { get; init; }

    /// <summary>What people decided on patterns; null where nothing is decided.</summary>
    public ReviewedProcedures? Reviews { get; init; }
}

/// <summary>Everything one mining run makes.</summary>
/// <param name="Patterns">The most useful first.</param>
/// <param name="Train">Rows to learn from.</param>
/// <param name="Outcomes">How each task counts.</param>
/// <param name="Repository">What the repository shows, by the task's id; null where none was named.</param>
/// <param name="Contexts">Those that the rows name, by id.</param>
/// <param name="Holdout">Rows of the successful holdout episodes, for the loss on tasks never seen.</param>
public sealed record MiningResult(
    Deduplication Deduplication,
    SplitAssignment Split,
    IReadOnlyList<Pattern> Patterns,
    IReadOnlyList<Card> Cards,
    ExampleSet Train,
    ExampleSet Holdout,
    IReadOnlyList<TeacherContext> Contexts,
    IReadOnlyDictionary<EpisodeId, OutcomeKind> Outcomes,
    IReadOnlyDictionary<string, Evidence>? Repository,
    MiningReport Report
)
{
    /// <summary>Tasks of the training side that do not teach by how they went; the newest first.</summary>
    public required IReadOnlyList<EpisodeId> Unsolved { get; init; }
}
