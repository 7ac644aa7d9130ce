using System.Text.Json;
using Distiller.Core;
using Distiller.Evaluation.Statistics;

namespace Distiller.Evaluation;

/// <summary>What a pattern in the prompt does to tasks, and what it costs and saves: its ledger.</summary>
/// <param name="Pattern">Its id.</param>
/// <param name="Tools">Of its steps.</param>
/// <param name="Tasks">Worked on every side.</param>
/// <param name="Solved">With it.</param>
/// <param name="SolvedWithout">Without it.</param>
/// <param name="SolvedShuffled">With its words in another order.</param>
/// <param name="Gain">Share solved with it minus share without, and the 95 % score interval of paired proportions.</param>
/// <param name="GainOverShuffled">The same against its words in another order.</param>
/// <param name="CostTokens">Tokens that it takes in the prompts of one task.</param>
/// <param name="SavedTokens">
/// All other tokens of one task without it minus those with it, and an interval that resamples families of tasks; negative where
/// it makes tasks longer.
/// </param>
/// <param name="ReplayTokens">Tokens that finding this out took, of both sides.</param>
/// <param name="RepaidAfterTasks">
/// Tasks after which a taught pattern, which takes nothing in a prompt, has saved what finding out took; null: never.
/// </param>
public sealed record PatternValue(
    string Pattern,
    IReadOnlyList<string> Tools,
    int Tasks,
    int Solved,
    int SolvedWithout,
    int SolvedShuffled,
    Estimate Gain,
    Estimate GainOverShuffled,
    double CostTokens,
    Estimate SavedTokens,
    long ReplayTokens,
    long? RepaidAfterTasks
)
{
    /// <summary>
    /// Whether both intervals exclude a gain: the pattern does harm, and more than any text in its place. Such a pattern is not taught.
    /// </summary>
    public bool IsRefuted => Gain.Interval is { High: < 0 } && GainOverShuffled.Interval is { High: < 0 };

    /// <summary>Whether both intervals exclude that it does nothing or harm.</summary>
    public bool IsShown => Gain.Interval is { Low: > 0 } && GainOverShuffled.Interval is { Low: > 0 };

    /// <summary>Of each pattern, in the order in which the rows have them.</summary>
    /// <param name="tools">Of each pattern's steps, by its id.</param>
    /// <exception cref="BadInputException">The sides were not worked on the same tasks.</exception>
    public static IReadOnlyList<PatternValue> Of(
        IReadOnlyList<ReplayRow> rows,
        IReadOnlyDictionary<string, IReadOnlyList<string>> tools,
        BootstrapOptions bootstrap
    )
    {
        var without = rows.Where(r => r.Side == ReplaySide.Without).ToList();
        return
        [
            .. rows.Where(r => r.Side != ReplaySide.Without)
                .GroupBy(r => r.Pattern, StringComparer.Ordinal)
                .Select(g => Of(g.Key, tools[g.Key], without, [.. g], bootstrap)),
        ];
    }

    /// <summary>Reads the file that a replay wrote.</summary>
    /// <exception cref="BadInputException">It is not such a file.</exception>
    public static IReadOnlyList<PatternValue> Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<PatternValue[]>(File.ReadAllBytes(path), EpisodeJson.Options)
                ?? throw new JsonException("It holds null.");
        }
        catch (JsonException e)
        {
            throw new BadInputException(
                new SourceLocation(path, 0),
                "It is not what a replay writes.",
                "Remove the artifact's folder; the next night tries the patterns again.",
                e
            );
        }
    }

    private static PatternValue Of(
        string pattern,
        IReadOnlyList<string> tools,
        List<ReplayRow> without,
        List<ReplayRow> own,
        BootstrapOptions bootstrap
    )
    {
        var with = own.FindAll(r => r.Side == ReplaySide.With);
        var shuffled = own.FindAll(r => r.Side == ReplaySide.Shuffled);
        if (!Same(with, without) || !Same(shuffled, without) || without.Count == 0)
        {
            throw new BadInputException(
                new SourceLocation("replay rows", 0),
                $"Pattern {pattern} was not worked on the same tasks on every side.",
                "Run the replay again."
            );
        }

        // Every request of a task carries the pattern again.
        var costs = with.Zip(without, (a, b) => (double)a.Requests * (a.FirstPromptTokens - b.FirstPromptTokens))
            .ToList();
        var saved = with.Zip(without, (a, b) => (a.Family, Tokens: b.Tokens - a.Tokens))
            .Zip(costs, (s, cost) => (s.Family, Tokens: s.Tokens + cost))
            .GroupBy(s => s.Family, StringComparer.Ordinal)
            .Select(f => new ClusterSum(f.Sum(s => s.Tokens), f.Count()))
            .ToList();
        var savedTokens = BcaBootstrap.RatioOfSums(saved, bootstrap);
        var spent = own.Sum(r => r.Tokens);
        var gain = Gained(with, without);
        return new PatternValue(
            pattern,
            tools,
            with.Count,
            with.Count(r => r.Solved),
            without.Count(r => r.Solved),
            shuffled.Count(r => r.Solved),
            gain,
            Gained(with, shuffled),
            costs.Average(),
            savedTokens,
            spent,
            savedTokens.Value > 0 && gain.Interval is not { High: < 0 }
                ? (long)Math.Ceiling(spent / savedTokens.Value)
                : null
        );
    }

    private static bool Same(List<ReplayRow> a, List<ReplayRow> b) =>
        a.Select(r => r.TaskId).SequenceEqual(b.Select(r => r.TaskId), StringComparer.Ordinal);

    private static Estimate Gained(List<ReplayRow> first, List<ReplayRow> second)
    {
        var pairs = first.Zip(second, (a, b) => (a.Solved, Other: b.Solved)).ToList();
        var counted = new PairedProportions(
            pairs.Count(p => p is { Solved: true, Other: true }),
            pairs.Count(p => p is { Solved: true, Other: false }),
            pairs.Count(p => p is { Solved: false, Other: true }),
            pairs.Count(p => p is { Solved: false, Other: false })
        );
        return new Estimate(counted.Difference, counted.ScoreInterval());
    }
}
