using System.Globalization;

namespace Distiller.Evaluation;

/// <summary>Sentences, shown beside the figures, on what these cannot show.</summary>
internal static class Limits
{
    private const int FewEpisodes = 20;

    public static IReadOnlyList<string> Of(EvaluationSummary summary)
    {
        var limits = new List<string>
        {
            "No task was carried out. The loss says how well the logged turns of held-out episodes are predicted, each from "
                + "its true history; an agent that follows its own turns may go elsewhere. Whether tasks still succeed is "
                + "not measured here.",
            "There was no null control. An adapter trained on shuffled completions was not measured, so a part of the "
                + "lower loss may be the format of the answers rather than the procedures.",
            "Tokens per step are counted, not observed: prompt and completion by this base's tokenizer, and the "
                + "completion is the logged one both before and after. A model that writes longer or shorter turns "
                + "changes them.",
            "Tokens are not cost. With prefix caching, the context that is left out is the cheap part of a prompt (a "
                + "cache read is commonly billed at a tenth), so the saving in money is smaller than in tokens, and "
                + "training has to be repaid first.",
            "The context before holds the system text that the log kept and the patterns written out; where a log leaves "
                + "it out, the project's rules and what its past tasks teach. What an agent's harness adds of its own is not "
                + "known, and the saving looks smaller than it is.",
        };
        if (summary.CallComparisons is null)
        {
            limits.Add("No tool call was generated, so nothing is said about the agreement of calls.");
        }
        else
        {
            limits.Add(
                "Agreement takes the first logged call of a turn as the right one; another call may do as well. "
                    + $"A turn was cut off after {summary.Options.MaxNewTokens} tokens, and a call cut off counts as broken."
            );
        }

        if (summary.UnmeasuredShare > 0)
        {
            limits.Add(
                string.Create(CultureInfo.InvariantCulture, $"{summary.UnmeasuredShare:P0} of what is taught")
                    + " comes from tasks that are known to have succeeded only by rules on their transcripts, which nobody could "
                    + "check in logs of this format."
            );
        }

        if (summary.OfferedRows > summary.MeasuredRows)
        {
            var rows = string.Create(
                CultureInfo.InvariantCulture,
                $"{summary.MeasuredRows:N0} of {summary.OfferedRows:N0} held-out rows were measured"
            );
            limits.Add($"{rows} ({summary.MeasuredEpisodes} of {summary.OfferedEpisodes} episodes), chosen by seed.");
        }

        if (summary.MeasuredEpisodes < FewEpisodes)
        {
            var few =
                summary.MeasuredEpisodes == 1
                    ? "one held-out episode"
                    : $"{summary.MeasuredEpisodes} held-out episodes";
            limits.Add($"Only {few}: an interval from so few is rough and tends to be too narrow.");
        }

        return limits;
    }
}
