using Hangfire;
using Hangfire.Server;

namespace Distiller.Jobs.Scheduling;

/// <summary>What Hangfire calls to carry out a step of a run. Public, since Hangfire calls nothing else.</summary>
public sealed class NightStep
{
    private readonly StepExecutor _executor;
    private readonly Alarms _alarms;

    internal NightStep(StepExecutor executor, Alarms alarms) => (_executor, _alarms) = (executor, alarms);

    /// <param name="run">The run's id; all else stands in its row.</param>
    /// <param name="step">For the console alone.</param>
    /// <param name="context">From Hangfire.</param>
    /// <returns>What came of the run, where this was its last step; the console shows it.</returns>
    [JobDisplayName("{0}: {1}")]
    public Task<string?> RunAsync(string run, string step, PerformContext? context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return _executor.ExecuteAsync(_alarms, run, context.BackgroundJob.Id);
    }
}
