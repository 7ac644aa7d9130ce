namespace Distiller.Evaluation.Report;

/// <summary>The part of the page on executed tasks, from the claim to what became of each of them.</summary>
internal static class TrialPage
{
    public static Html Draw(ReportInput input, TrialPart part)
    {
        var claim = new TrialClaim(part.Summary);
        return Html.Of(
            $"""
            {TrialHead.Draw(input, part, claim)}{TrialArmsSection.Draw(claim)}{TrialCostSection.Draw(
                part,
                claim
            )}{TrialSuccessSection.Draw(claim)}{TrialFailuresSection.Draw(part, claim)}<section>
            <h2>The log, step by step</h2>
            <p>Beside the tasks that were worked, the same adapter was measured on held-out episodes of the log it comes from. A prompt before holds the mined patterns there, besides what the log had; A1&#8217;s above hold no patterns.</p>
            </section>
            {HeadSection.Plots(input)}
            """
        );
    }
}
