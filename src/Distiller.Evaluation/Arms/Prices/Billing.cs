using Distiller.Core;

namespace Distiller.Evaluation;

/// <summary>What a provider would bill for a request whose tokens were counted in the edge runtime.</summary>
internal static class Billing
{
    /// <summary>
    /// The request's tokens in the classes of a provider that caches no prefix shorter than its minimum: a shorter prompt
    /// is plain input, and a shorter prefix is written but not found again.
    /// </summary>
    public static Usage Classes(Price price, RequestRow request)
    {
        var prompt = request.CacheReadTokens + request.CacheWriteTokens;
        return prompt < price.MinCacheableTokens ? new Usage(prompt, 0, 0, request.OutputTokens)
            : request.CacheReadTokens < price.MinCacheableTokens ? new Usage(0, 0, prompt, request.OutputTokens)
            : new Usage(0, request.CacheReadTokens, request.CacheWriteTokens, request.OutputTokens);
    }

    public static double Usd(Price price, RequestRow request)
    {
        var tokens = Classes(price, request);
        return (
                tokens.Input * price.InputUsdPerMillion
                + tokens.CacheRead * (price.CacheReadUsdPerMillion ?? price.InputUsdPerMillion)
                + tokens.CacheWrite * (price.CacheWriteUsdPerMillion ?? price.InputUsdPerMillion)
                + tokens.Output * price.OutputUsdPerMillion
            ) / 1e6;
    }

    /// <summary>What an embedding model's provider would bill for the tokens that it read; 0 without such a price.</summary>
    public static double Usd(Price price, long embeddingTokens) =>
        embeddingTokens * (price.EmbeddingUsdPerMillion ?? 0) / 1e6;

    /// <exception cref="BadInputException">A row has tokens of an embedding model, and the table no price for them.</exception>
    public static void RequireEmbeddingPrice(PriceTable prices, IReadOnlyList<TrialRow> rows)
    {
        if (rows.Any(r => r.EmbeddingTokens > 0) && prices.Prices.Any(p => p.EmbeddingUsdPerMillion is null))
        {
            throw new BadInputException(
                new SourceLocation("price table", 0),
                "An arm read tokens with an embedding model, and the table has no price for them.",
                "Add 'embedding' to the price table, as data/prices.yaml has it."
            );
        }
    }

    /// <exception cref="BadInputException">The table has no such machine.</exception>
    public static double Usd(PriceTable prices, TrainingEffort training) =>
        training.Seconds
        / 3600
        * (
            prices.Machines.FirstOrDefault(m => m.Name == training.Machine)
            ?? throw new BadInputException(
                new SourceLocation("price table", 0),
                $"It has no machine '{training.Machine}'; it has {string.Join(", ", prices.Machines.Select(m => m.Name))}.",
                "Name one of these, or add the machine and its price per hour."
            )
        ).UsdPerHour;
}
