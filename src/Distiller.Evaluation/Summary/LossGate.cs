using System.Globalization;

namespace Distiller.Evaluation;

/// <summary>
/// The gate of a night whose logs hold no task that can be carried out: the loss of the INT4 adapter on held-out tasks
/// must be shown to be lower than the base's, by an interval that lies below zero, on enough tasks to say so.
/// </summary>
public static class LossGate
{
    public static Gate Of(EvaluationSummary summary)
    {
        var tasks = summary.MeasuredTasks ?? summary.MeasuredEpisodes;
        var difference = summary.LossComparisons.AdapterInt4VersusBase.Difference;
        var reasons = new List<string>();
        if (tasks < summary.Options.TasksMin)
        {
            reasons.Add(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The loss was measured on {tasks} held-out task{(tasks == 1 ? "" : "s")}; at least {summary.Options.TasksMin} are needed to show anything: collect more of them, or raise --holdout or --max-holdout-tokens."
                )
            );
        }

        if (difference.Interval is not { } interval)
        {
            reasons.Add("One held-out task gives no interval of the change in loss.");
        }
        else if (!(interval.High < 0))
        {
            reasons.Add(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The held-out loss of the INT4 adapter is not shown to be lower than the base's: it differs by {difference.Value:+0.000;-0.000;0.000} nats a token, from {interval.Low:+0.000;-0.000;0.000} to {interval.High:+0.000;-0.000;0.000} with 95 % confidence."
                )
            );
        }

        return new Gate(reasons.Count == 0, reasons);
    }
}

/// <summary>Whether an adapter may be published.</summary>
/// <param name="Reasons">Why it may not; empty where the gate is open.</param>
public sealed record Gate(bool IsOpen, IReadOnlyList<string> Reasons);
