using Distiller.Evaluation.Statistics;

namespace Distiller.Evaluation.Report;

/// <summary>Loss and agreement of the three arms.</summary>
internal static class LossSection
{
    public static Html Draw(ReportInput input)
    {
        var s = input.Summary;
        return Html.Of(
            $"""
            <section>
            <h2>Loss on held-out work</h2>
            <p>All three arms read the very same {Show.Count(s.CompletionTokens)} completion tokens ({Show.Count(
                s.MeasuredSteps
            )} steps, {Show.Count(s.MeasuredRows)} rows, {Show.Count(
                s.MeasuredEpisodes
            )} episodes). Intervals are 95 %, by a bootstrap that draws whole episodes.</p>
            {Losses(s)}{Agreement(s)}</section>

            """
        );
    }

    private static Html Losses(EvaluationSummary s)
    {
        var pairs = s.LossComparisons;
        return Table.Draw(
            "arms",
            "Negative log-likelihood per completion token, in nats; lower is better.",
            Html.Of(
                $"{Table.Head("arm")}{Table.Head("loss", true)}{Table.Head("against the base", true)}{Table.Head("relative", true)}"
            ),
            [
                Row("base", "the model alone", s.HoldoutLoss.Base, null),
                Row("adapter, 16 bit", "", s.HoldoutLoss.AdapterF16, pairs.AdapterF16VersusBase),
                Row("adapter, INT4", "as exported", s.HoldoutLoss.AdapterInt4, pairs.AdapterInt4VersusBase),
            ]
        );
    }

    private static Html Row(string arm, string note, double loss, LossComparison? against)
    {
        var difference = against is null
            ? Html.Of($"{Table.Number("")}{Table.Number("")}")
            : Html.Of(
                $"{Table.Number(Show.NatsChange(against.Difference.Value), Show.NatsInterval(against.Difference))}{Table.Number(Show.Change(against.RelativeChange.Value), Show.ChangeInterval(against.RelativeChange.Interval))}"
            );
        return Html.Of(
            $"<tr><th scope=\"row\">{arm}{Small(note)}</th>{Table.Number(Show.Nats(loss))}{difference}</tr>\n"
        );
    }

    private static Html Agreement(EvaluationSummary s)
    {
        if (s.CallComparisons is not { } pairs)
        {
            return Html.Of($"<h2>The next tool call</h2><p>No tool call was generated in this evaluation.</p>");
        }

        var table = Table.Draw(
            "arms",
            "Agreement of the generated call with the logged one.",
            Html.Of(
                $"{Table.Head("arm")}{Table.Head("same tool", true)}{Table.Head("and arguments", true)}{Table.Head("other tool", true)}{Table.Head("no call", true)}{Table.Head("broken JSON", true)}"
            ),
            [
                Row("base", s.CallAgreement.Base, null),
                Row("adapter, 16 bit", s.CallAgreement.AdapterF16, pairs.AdapterF16VersusBase),
                Row("adapter, INT4", s.CallAgreement.AdapterInt4, pairs.AdapterInt4VersusBase),
            ]
        );
        var int4 = pairs.AdapterInt4VersusBase;
        return Html.Of(
            $"""
            <h2>The next tool call</h2>
            <p>At {Show.Count(s.CallAgreement.Base.Steps)} of {Show.Count(
                s.CallSteps
            )} held-out steps where the log has a tool call, each arm wrote the step itself from the true history. Small print: the change against the base in percentage points, with its interval.</p>
            {table}<p class="soft">Same tool and arguments: only the INT4 adapter at {Show.Count(
                int4.OnlyThis
            )} steps, only the base at {Show.Count(int4.OnlyOther)} (exact McNemar p {Show.P(
                int4.McNemarP
            )}, which takes steps as independent).</p>

            """
        );
    }

    private static Html Row(string arm, CallAgreement agreement, CallComparison? against) =>
        Html.Of(
            $"<tr><th scope=\"row\">{arm}</th>{Share(agreement.SameNameShare, against?.SameNameDifference)}{Share(agreement.SameCallShare, against?.SameCallDifference)}{Table.Number(Show.Count(agreement.OtherName))}{Table.Number(Show.Count(agreement.NoCall))}{Table.Number(Show.Count(agreement.BrokenJson))}</tr>\n"
        );

    private static Html Share(double share, Estimate? against) =>
        against is null
            ? Table.Number(Show.Percent(share))
            : Table.Number(Show.Percent(share), $"{Show.Points(against.Value)} ({Show.PointsInterval(against)})");

    private static Html Small(string note) => note.Length == 0 ? Html.Empty : Html.Of($"<small>{note}</small>");
}
