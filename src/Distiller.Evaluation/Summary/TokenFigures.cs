using Distiller.Core;
using Distiller.Evaluation.Statistics;

namespace Distiller.Evaluation;

internal static class TokenFigures
{
    public static TokensPerStep Of(IReadOnlyList<TokenRow> rows, BootstrapOptions bootstrap)
    {
        if (rows.Count == 0)
        {
            throw new BadInputException(
                new SourceLocation("tokens per step", 0),
                "No held-out episode has an assistant turn.",
                "Collect more episodes, or hold out a larger share of the tasks."
            );
        }

        var ordered = rows.OrderBy(r => r.EpisodeId, StringComparer.Ordinal).ThenBy(r => r.Step).ToList();
        var episodes = ordered
            .GroupBy(r => r.EpisodeId, StringComparer.Ordinal)
            .Select(g => new ClusterSum(g.Sum(r => After(r) - Before(r)), g.Sum(Before)))
            .ToList();
        return new TokensPerStep(
            ordered.Average(Before),
            ordered.Average(After),
            BcaBootstrap.RatioOfSums(episodes, bootstrap),
            ordered.Average(r => (double)r.Completion),
            Spread(ordered.Select(Before)),
            Spread(ordered.Select(After)),
            ordered.Count,
            episodes.Count
        );
    }

    public static double Before(TokenRow row) => (double)row.PromptBefore + row.Completion;

    public static double After(TokenRow row) => (double)row.PromptAfter + row.Completion;

    private static TokenSpread Spread(IEnumerable<double> tokens)
    {
        var sorted = Quantiles.Sorted(tokens);
        return new TokenSpread(
            sorted[0],
            Quantiles.OfSorted(sorted, 0.1),
            Quantiles.OfSorted(sorted, 0.5),
            Quantiles.OfSorted(sorted, 0.9),
            sorted[^1]
        );
    }
}

/// <summary>Prompt and completion tokens of a step (one request to a model), with the verbose context and without it.</summary>
/// <param name="Before">Mean over steps, with the verbose context.</param>
/// <param name="After">Mean over steps, without it.</param>
/// <param name="RelativeChange">After over before, less one: -0.8 is 80 % fewer tokens. Its interval resamples episodes.</param>
/// <param name="Completion">Mean tokens of the logged completion, part of both.</param>
public sealed record TokensPerStep(
    double Before,
    double After,
    Estimate RelativeChange,
    double Completion,
    TokenSpread BeforeSpread,
    TokenSpread AfterSpread,
    int Steps,
    int Episodes
);

/// <summary>How tokens per step are spread over the steps.</summary>
public sealed record TokenSpread(double Least, double Tenth, double Median, double Ninetieth, double Most);
