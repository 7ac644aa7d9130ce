using System.Globalization;
using Distiller.Evaluation.Statistics;

namespace Distiller.Evaluation.Report;

/// <summary>What a solved task costs at each price, and when the training is repaid.</summary>
internal static class TrialCostSection
{
    public static Html Draw(TrialPart part, TrialClaim claim)
    {
        if (claim is not { Before: { } before, After: { } after, Comparison: { } c })
        {
            return Html.Empty;
        }

        return Html.Of(
            $"""
            <section>
            <h2>Cost per solved task</h2>
            <p>What a provider would bill for the very tokens that were counted, at public list prices. Cached prompt tokens are cheap, so the adapter saves a smaller share of the cost than of the tokens.{Training(
                claim
            )}</p>
            <div class="pair">
            {CostPlot.Draw(before, after)}{BreakEvenPlot.Draw(claim, before, after)}</div>
            {Table.Draw(
                "costs",
                "Cost per solved task at each price, in US dollars, training included; the ratio has its 95 % interval, which resamples whole families.",
                Html.Of($"{Table.Head("price")}{Table.Head("A1", true)}{Table.Head("A3", true)}{Table.Head("A3 over A1", true)}{Table.Head("a task saves", true)}{Table.Head("training repaid after", true)}"),
                c.Costs.Select(r => Row(claim, before, after, r))
            )}{Table.Draw(
                "prices",
                "The price table: US dollars per million tokens on the day given.",
                Html.Of($"{Table.Head("price")}{Table.Head("as of")}{Table.Head("input", true)}{Table.Head("cache read", true)}{Table.Head("cache write", true)}{Table.Head("output", true)}{Table.Head("cached from, tokens", true)}"),
                part.Prices.Prices.Select(Listed)
            )}</section>

            """
        );
    }

    private static string Training(TrialClaim claim) =>
        claim.Summary is { Training: { } training, Figures.TrainingUsd: { } usd }
            ? $" The training took {Show.Duration(training.Seconds)} on {LogText.Short(training.Machine, 40)} and cost {Show.Usd(usd)}; each task pays for one part in {Show.Count(claim.Summary.Options.AmortisedTasks)} of it."
            : " No training is priced in.";

    private static Html Row(TrialClaim claim, TrialArmFigures before, TrialArmFigures after, TrialCostRatio ratio)
    {
        var (first, second) = (Of(before), Of(after));
        var primary = ratio.Price == claim.Summary.PrimaryPrice ? "the headline’s" : "";
        return Html.Of(
            $"""
            <tr><th scope="row"><bdi>{LogText.Short(ratio.Price, 80)}</bdi><small>{primary}</small></th>{Solved(
                first
            )}{Solved(second)}{Share(ratio.PerSolvedTask)}{Table.Number(
                Show.Usd(first.ServingPerTask - second.ServingPerTask),
                "in serving"
            )}{Table.Number(
                ratio.BreakEvenTasks is { } tasks ? Show.Tasks(tasks)
                : claim.Summary.Figures.TrainingUsd is null ? "–"
                : "never"
            )}</tr>

            """
        );

        TrialCost Of(TrialArmFigures arm) => arm.Costs.First(x => x.Price == ratio.Price);
    }

    private static Html Solved(TrialCost cost) =>
        Table.Number(cost.PerSolvedTask is { } usd ? Show.Usd(usd) : "none solved");

    private static Html Share(Estimate? ratio) =>
        ratio is null
            ? Table.Number("–")
            : Table.Number(Show.Percent(ratio.Value), Show.PercentInterval(ratio.Interval));

    private static Html Listed(Price price) =>
        Html.Of(
            $"""
            <tr><th scope="row"><bdi>{LogText.Short(price.Name, 80)}</bdi><small class="source"><bdi>{LogText.Short(
                price.Source.Replace("https://", "", StringComparison.Ordinal).Replace("http://", "", StringComparison.Ordinal),
                100
            )}</bdi></small></th><td>{price.AsOf.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}</td>{Table.Number(
                Show.Usd(price.InputUsdPerMillion)
            )}{Table.Number(Amount(price.CacheReadUsdPerMillion))}{Table.Number(
                Amount(price.CacheWriteUsdPerMillion)
            )}{Table.Number(Show.Usd(price.OutputUsdPerMillion))}{Table.Number(
                price.MinCacheableTokens == 0 ? "any" : Show.Count(price.MinCacheableTokens)
            )}</tr>

            """
        );

    private static string Amount(double? usd) => usd is { } amount ? Show.Usd(amount) : "as input";
}
