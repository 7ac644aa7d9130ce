namespace Distiller.Evaluation;

/// <summary>What an arm costs at one price, in US dollars.</summary>
/// <param name="Price">A <see cref="Evaluation.Price.Name"/>.</param>
/// <param name="ServingPerTask">The requests alone.</param>
/// <param name="TrainingPerTask">The training over the tasks it is paid off by; 0 without an adapter.</param>
/// <param name="PerSolvedTask">Both over the solved tasks (cost of pass); null where none was solved.</param>
public sealed record TrialCost(string Price, double ServingPerTask, double TrainingPerTask, double? PerSolvedTask)
{
    public double PerTask => ServingPerTask + TrainingPerTask;
}
