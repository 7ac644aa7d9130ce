using System.Globalization;

namespace Distiller.Evaluation.Report;

/// <summary>The result in one sentence, and the figures behind it.</summary>
internal static class HeadSection
{
    /// <summary>A bootstrap of fewer clusters has next to nothing to draw from; its interval is no ground for a claim.</summary>
    private const int EpisodesMin = 5;

    public static Html Draw(ReportInput input)
    {
        var s = input.Summary;
        return Html.Of(
            $"""
            <header>
            {Over(input)}<h1>{Headline(s)}</h1>
            <p class="lede">{Explanation(s)}</p>
            </header>
            <dl class="cards">
            {Cards(s)}</dl>
            {Plots(input)}
            """
        );
    }

    /// <summary>Of what the page is, and when it was written.</summary>
    public static Html Over(ReportInput input)
    {
        var created = input.Created is { } c ? c.UtcDateTime.ToString("d MMMM yyyy", CultureInfo.InvariantCulture) : "";
        return Html.Of(
            $"""
            <p class="over"><bdi>{LogText.Short(input.Title, 100)}</bdi> · base <bdi>{LogText.Short(
                input.Summary.Base.Name,
                80
            )}</bdi>{(created.Length > 0 ? $" · {created}" : "")}</p>

            """
        );
    }

    /// <summary>The loss of each held-out episode, and the tokens of its steps.</summary>
    public static Html Plots(ReportInput input) =>
        Html.Of(
            $"""
            <div class="pair">
            {PairedLossPlot.Draw(input.Rows)}{TokensPlot.Draw(input.Tokens)}</div>

            """
        );

    /// <summary>Says "falls" or "rises" only where the interval does not hold zero, and of few episodes only what they did.</summary>
    public static string Headline(EvaluationSummary s)
    {
        var change = s.LossComparisons.AdapterInt4VersusBase.RelativeChange;
        var falls = change.Value < 0 ? "falls" : "rises";
        var loss =
            s.MeasuredEpisodes < EpisodesMin
                ? $"In {Episodes(s)}, too few to say more, the model’s loss {falls} by {Show.Percent(change.Value)}"
            : change.Excludes(0) ? $"On held-out work the model’s loss {falls} by {Show.Percent(change.Value)}"
            : "On held-out work no change in the model’s loss could be shown";
        var t = s.TokensPerStep;
        var tokens =
            t.After < t.Before
                ? $"a step needs {Show.Count(t.After)} tokens instead of {Show.Count(t.Before)}"
                : $"a step needs no fewer tokens ({Show.Count(t.After)}, before {Show.Count(t.Before)})";
        return $"{loss}, and {tokens}.";
    }

    private static string Episodes(EvaluationSummary s) =>
        s.MeasuredEpisodes == 1 ? "one held-out episode" : $"{Show.Count(s.MeasuredEpisodes)} held-out episodes";

    private static string Explanation(EvaluationSummary s)
    {
        var c = s.LossComparisons.AdapterInt4VersusBase;
        var f16 = s.LossComparisons.AdapterInt4VersusF16.RelativeChange;
        var how =
            $"Measured with the INT4 adapter, as an edge device loads it, on {Episodes(s)} that it never learned from: "
            + $"{Show.Nats(s.HoldoutLoss.AdapterInt4)} nats per token where the base alone has {Show.Nats(s.HoldoutLoss.Base)}";
        var interval = c.RelativeChange.Interval is null
            ? ". One episode gives no interval."
            : $" (95 % interval of the change {Show.ChangeInterval(c.RelativeChange.Interval)}).";
        var int4 =
            f16.Value > 0 ? $" Four bits in place of sixteen cost {Show.Percent(f16.Value)} of loss"
            : f16.Value < 0 ? $" Four bits in place of sixteen happen to lower the loss by {Show.Percent(f16.Value)}"
            : " Four bits in place of sixteen change nothing";
        int4 += f16.Interval is null ? "." : $" ({Show.ChangeInterval(f16.Interval)}).";
        return how + interval + int4;
    }

    private static IEnumerable<Html> Cards(EvaluationSummary s)
    {
        var loss = s.LossComparisons.AdapterInt4VersusBase.RelativeChange;
        yield return Card.Draw(
            "Held-out loss",
            Card.Arrow(Show.Nats(s.HoldoutLoss.Base), Show.Nats(s.HoldoutLoss.AdapterInt4)),
            $"{Show.Change(loss.Value)}, interval {Show.ChangeInterval(loss.Interval)}"
        );
        var t = s.TokensPerStep;
        yield return Card.Draw(
            "Tokens per step",
            Card.Arrow(Show.Count(t.Before), Show.Count(t.After)),
            $"{Show.Change(t.RelativeChange.Value)}, interval {Show.ChangeInterval(t.RelativeChange.Interval)}"
        );
        if (s.CallAgreement.Base.Steps > 0)
        {
            var (before, after) = (s.CallAgreement.Base, s.CallAgreement.AdapterInt4);
            yield return Card.Draw(
                "Next tool as logged",
                Card.Arrow(Show.Percent(before.SameNameShare), Show.Percent(after.SameNameShare)),
                $"with equal arguments {Show.Percent(before.SameCallShare)} → {Show.Percent(after.SameCallShare)}; {Show.Count(before.Steps)} steps"
            );
        }

        var int4 = s.LossComparisons.AdapterInt4VersusF16.RelativeChange;
        yield return Card.Draw(
            "Price of INT4",
            Html.Of($"{Show.Change(int4.Value)}"),
            $"of loss against 16 bit, interval {Show.ChangeInterval(int4.Interval)}; {Show.Bytes(s.AdapterF16.Bytes)} → {Show.Bytes(s.AdapterInt4.Bytes)}"
        );
    }
}
