using System.Globalization;

namespace Distiller.Evaluation;

/// <summary>Sentences, shown beside the figures of a trial, on what these cannot show.</summary>
internal static class TrialLimits
{
    private const int FewFamilies = 20;

    public static IReadOnlyList<string> Of(
        TrialFigures figures,
        IReadOnlyList<RequestRow> requests,
        PriceTable prices,
        TrialOptions options
    )
    {
        var limits = new List<string>
        {
            Text(
                $"{figures.Tasks:N0} tasks of {figures.Families:N0} families from one task set, on one base. Other work, and another base, may do otherwise."
            ),
            "Every answer is the most likely one (greedy decoding), once: there is no spread over samples.",
            Text(
                $"An answer was cut off after {options.MaxOutputTokens} tokens; what was cut counts as it stands, mostly as a failure."
            ),
            "Costs are what providers would bill for these tokens, counted by this base's tokenizer. No provider serves "
                + "this base at these prices, and an edge device pays for electricity instead.",
            "What a model wrote is in the runtime's cache when its next request comes, and counts as a cache read. "
                + "Some providers bill it as input or as a cache write once. The arms differ little in this.",
        };
        if (figures.TrainingUsd is null)
        {
            limits.Add("No training is priced in: the costs are those of serving alone.");
        }
        else
        {
            limits.Add(
                Text(
                    $"The training is paid off over {options.AmortisedTasks:N0} tasks; over fewer, each costs more. The nightly work before the training is not in it."
                )
            );
        }

        limits.AddRange(WhereA1IsNotCached(requests, prices));
        limits.Add(
            "The p-value and the interval of each arm's success take tasks as independent; the intervals of differences "
                + "and ratios resample whole families."
        );
        if (figures.Families < FewFamilies)
        {
            limits.Add(
                Text($"Only {figures.Families} families: an interval from so few is rough and tends to be too narrow.")
            );
        }

        return limits;
    }

    /// <summary>
    /// Names the prices at which A1's prompt is too short to be cached, which makes the baseline too dear and the
    /// adapter's advantage too large.
    /// </summary>
    private static IEnumerable<string> WhereA1IsNotCached(IReadOnlyList<RequestRow> requests, PriceTable prices)
    {
        var cached = requests.Where(r => r.Arm == TrialArm.VerboseContext).ToList();
        var longest = cached.Count == 0 ? 0 : cached.Max(r => r.CacheReadTokens);
        return prices
            .Prices.Where(p => cached.Count > 0 && longest < p.MinCacheableTokens)
            .Select(p =>
                Text(
                    $"At {p.Name} a prefix is cached from {p.MinCacheableTokens:N0} tokens on, which no prompt of A1 shares: there A1 is billed as if it had no cache, and the comparison flatters the adapter."
                )
            );
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
