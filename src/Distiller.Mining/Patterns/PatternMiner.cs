using Distiller.Core.Settings;
using Distiller.Mining.Digesting;
using Distiller.Mining.Reviewing;

namespace Distiller.Mining.Patterns;

/// <summary>
/// Mines recurring procedures from training episodes. Support comes from successful episodes alone; failed ones only serve to
/// compare success with and without a procedure.
/// <para>
/// Usefulness, by which patterns are ranked, is <c>support x (1 + lower bound of the lift)</c>: how often it was needed,
/// times how sure it is that it helps; where every episode follows it there is nothing to compare, and the bound counts as 0.
/// The lift is an association and no proof of a cause: harder tasks call for other tools.
/// </para>
/// <para>
/// A person's word comes last: a rejected procedure is no pattern; an accepted one is a pattern as long as it has the support,
/// whatever its lift, its rank, or a longer procedure that contains it.
/// </para>
/// </summary>
public sealed class PatternMiner
{
    private readonly Func<string, int> _countTokens;
    private readonly PatternOptions _options;
    private readonly IReadOnlyList<IReadOnlyList<string>> _accepted;
    private readonly HashSet<string> _rejected;

    /// <param name="countTokens">Tokens of a text in the base's vocabulary.</param>
    /// <param name="reviews">What people decided; null for nothing.</param>
    public PatternMiner(
        Func<string, int> countTokens,
        PatternOptions? options = null,
        ReviewedProcedures? reviews = null
    )
    {
        _countTokens = countTokens;
        _options = options ?? new PatternOptions();
        OptionsCheck.Require(_options);
        _accepted = reviews?.Accepted ?? [];
        _rejected = new HashSet<string>((reviews?.Rejected ?? []).Select(PatternIdentity.Of), StringComparer.Ordinal);
    }

    /// <param name="train">Of training episodes only.</param>
    /// <param name="steps">Of the same episodes, or more; called once, after the procedures are found.</param>
    /// <param name="groupOf">For every task its group of near-duplicates; without it each task stands for itself.</param>
    public PatternMining Mine(
        IEnumerable<EpisodeDigest> train,
        Func<IEnumerable<EpisodeSteps>> steps,
        IReadOnlyDictionary<string, string>? groupOf = null
    )
    {
        var tools = new Vocabulary();
        var words = new Vocabulary();
        var digests = Number(train, groupOf, tools, words);
        var miner = new SequenceMiner(digests, _options);
        var frequent = miner.Mine();
        var closed = Closed(frequent);
        var accepted = Accepted(miner, frequent, tools);
        var candidates = closed
            .Union(accepted)
            .Where(s => _rejected.Count == 0 || !_rejected.Contains(Identify(s, tools)))
            .ToList();
        var ranked = Rank(candidates, accepted, digests);
        var best = Best(ranked, accepted);
        var learnt = LearnSteps(steps(), digests, best, tools);
        var intents = new IntentWords(digests, words);
        var patterns = best.Select((r, i) => Describe(r, learnt[i], digests, intents)).ToList();
        return new PatternMining(
            patterns,
            miner.SupportMin,
            frequent.Count,
            closed.Count,
            candidates.Count - ranked.Count,
            miner.Truncated
        );
    }

    private static List<NumberedEpisode> Number(
        IEnumerable<EpisodeDigest> train,
        IReadOnlyDictionary<string, string>? groupOf,
        Vocabulary tools,
        Vocabulary words
    )
    {
        var labelled = train
            .Where(d => d.Kind != OutcomeKind.Unknown && d.Turns > 0)
            .OrderBy(d => d.Id, StringComparer.Ordinal)
            .ToList();

        // Tools are numbered in the order of their names, so that the order of the input does not matter.
        foreach (
            var tool in labelled.SelectMany(d => d.Tools).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)
        )
        {
            tools.Number(tool);
        }

        return labelled.ConvertAll(d => new NumberedEpisode(
            d.EpisodeId,
            groupOf?.GetValueOrDefault(d.TaskId) ?? d.TaskId,
            d.MayTeach,
            Array.ConvertAll(d.Tools, tools.Number),
            Array.ConvertAll(d.Words, words.Number),
            d.OutputTokens,
            d.Time
        ));
    }

    /// <summary>The accepted procedures that have the support that was asked for, also where the search had to ask for more.</summary>
    private HashSet<FrequentSequence> Accepted(
        SequenceMiner miner,
        IReadOnlyList<FrequentSequence> frequent,
        Vocabulary tools
    ) =>
        [
            .. _accepted
                .Select(procedure => procedure.Select(tools.Number).ToArray())
                .Select(items =>
                    frequent.FirstOrDefault(s => s.Items.AsSpan().SequenceEqual(items)) ?? miner.Find(items)
                )
                .OfType<FrequentSequence>(),
        ];

    private static List<FrequentSequence> Closed(IReadOnlyList<FrequentSequence> frequent)
    {
        var closed = new List<FrequentSequence>();
        foreach (var same in frequent.GroupBy(s => (s.Support, s.EpisodeSet)))
        {
            var kept = new List<FrequentSequence>();
            foreach (var sequence in same.OrderByDescending(s => s.Items.Length))
            {
                if (!kept.Exists(sequence.IsWithin))
                {
                    kept.Add(sequence);
                }
            }

            closed.AddRange(kept);
        }

        return closed;
    }

    private static List<Ranked> Rank(
        List<FrequentSequence> candidates,
        HashSet<FrequentSequence> accepted,
        List<NumberedEpisode> digests
    )
    {
        var teaching = digests.Count(d => d.Teaches);
        return
        [
            .. candidates
                .Select(s => new Ranked(
                    s,
                    teaching - s.Support,
                    digests.Count - s.Labelled,
                    ProportionDifference.Interval95(
                        s.Support,
                        s.Labelled,
                        teaching - s.Support,
                        digests.Count - s.Labelled
                    )
                ))
                .Where(r => r.Lift.High >= 0 || accepted.Contains(r.Sequence))
                .OrderByDescending(r => r.Usefulness)
                .ThenByDescending(r => r.Sequence.Items.Length)
                .ThenBy(r => string.Join(',', r.Sequence.Items), StringComparer.Ordinal),
        ];
    }

    /// <summary>The first of the ranked, with room for every accepted one.</summary>
    private List<Ranked> Best(List<Ranked> ranked, HashSet<FrequentSequence> accepted)
    {
        var room = Math.Max(0, _options.PatternsMax - accepted.Count);
        return [.. ranked.Where(r => accepted.Contains(r.Sequence) || room-- > 0)];
    }

    /// <summary>The arguments of the steps of every pattern, from the first occurrence in each episode that teaches.</summary>
    private List<IReadOnlyList<ToolStep>> LearnSteps(
        IEnumerable<EpisodeSteps> steps,
        List<NumberedEpisode> episodes,
        List<Ranked> best,
        Vocabulary tools
    )
    {
        var templates = best.ConvertAll(r => Array.ConvertAll(r.Sequence.Items, t => new StepTemplate(tools[t])));
        var teaching = episodes
            .Where(e => e.Teaches)
            .ToDictionary(e => e.Id.Value, e => e.Tools, StringComparer.Ordinal);
        foreach (var episode in best.Count == 0 ? [] : steps)
        {
            if (!teaching.TryGetValue(episode.Id, out var numbers))
            {
                continue;
            }

            for (var p = 0; p < best.Count; p++)
            {
                var items = best[p].Sequence.Items;
                if (ToolSequence.FirstOccurrence(numbers, items, _options.GapMax) is not { } positions)
                {
                    continue;
                }

                for (var s = 0; s < items.Length; s++)
                {
                    templates[p][s].Add(episode.Steps[positions[s]]);
                }
            }
        }

        return templates.ConvertAll(t => (IReadOnlyList<ToolStep>)Array.ConvertAll(t, s => s.ToStep()));
    }

    private Pattern Describe(
        Ranked ranked,
        IReadOnlyList<ToolStep> steps,
        List<NumberedEpisode> digests,
        IntentWords intents
    )
    {
        var sequence = ranked.Sequence;
        var members = new List<int>();
        var others = new List<int>();
        for (var e = 0; e < digests.Count; e++)
        {
            if (digests[e].Teaches)
            {
                var follows =
                    ToolSequence.FirstOccurrence(digests[e].Tools, sequence.Items, _options.GapMax) is not null;
                (follows ? members : others).Add(e);
            }
        }

        var words = intents.Of(members, _options.IntentWordsMax);
        var intent = words.Count > 0 ? string.Join(", ", words) : steps[^1].Tool.Replace('_', ' ');
        return new Pattern
        {
            Id = PatternIdentity.Of(steps.Select(s => s.Tool)),
            Intent = intent,
            Steps = steps,
            Support = sequence.Support,
            Tasks = sequence.Tasks,
            SuccessWith = Rate(sequence.Support, sequence.Labelled),
            SuccessWithout = Rate(ranked.SuccessesWithout, ranked.LabelledWithout),
            Lift = ranked.Lift,
            TokensInPrompt = _countTokens(PatternText.Render(intent, steps)),
            OutputTokensWith = members.Count == 0 ? 0 : members.Average(m => digests[m].OutputTokens),
            OutputTokensWithout = others.Count == 0 ? 0 : others.Average(m => digests[m].OutputTokens),
            Episodes = members.ConvertAll(m => digests[m].Id),
            ExpiresAt = members.Max(m => digests[m].Time) + _options.Lifetime,
        };
    }

    private static string Identify(FrequentSequence sequence, Vocabulary tools) =>
        PatternIdentity.Of(sequence.Items.Select(t => tools[t]));

    private static double Rate(int part, int whole) => whole == 0 ? 0 : (double)part / whole;

    private sealed record Ranked(FrequentSequence Sequence, int SuccessesWithout, int LabelledWithout, Interval Lift)
    {
        public double Usefulness => Sequence.Support * (1 + (LabelledWithout == 0 ? 0 : Lift.Low));
    }
}

/// <summary>What <see cref="PatternMiner"/> found.</summary>
/// <param name="Patterns">The most useful first.</param>
/// <param name="SupportMin">The least support looked for: the asked one, or more where the log was too rich for the bound on the work.</param>
/// <param name="Frequent">Sequences with enough support.</param>
/// <param name="Closed">Those among them that no longer sequence with the same episodes contains.</param>
/// <param name="Harmful">Closed sequences left out because success with them is lower, the whole interval below zero.</param>
/// <param name="Truncated">Whether the bound on the work was reached even so, and sequences may be missing.</param>
public sealed record PatternMining(
    IReadOnlyList<Pattern> Patterns,
    int SupportMin,
    int Frequent,
    int Closed,
    int Harmful,
    bool Truncated
);

/// <summary>A labelled training episode with numbers for its tools and words.</summary>
/// <param name="Task">Its group of tasks.</param>
/// <param name="Tools">Step by step.</param>
/// <param name="Words">Distinct words of its user; empty for an episode that does not teach.</param>
/// <param name="OutputTokens">Tokens of its assistant turns; 0 for an episode that does not teach.</param>
internal sealed record NumberedEpisode(
    EpisodeId Id,
    string Task,
    bool Teaches,
    int[] Tools,
    int[] Words,
    int OutputTokens,
    DateTimeOffset? Time
);
