using Distiller.Jobs.Scheduling;

namespace Distiller.Tests.Scheduling;

/// <summary>Real steps, of which the test hears what they tell.</summary>
internal sealed class OverheardSteps(IStepRunner inner, Action<StepMessage> heard) : IStepRunner
{
    public Task<StepEnd> RunAsync(StepOrder order, Action<StepMessage> told, int? gpu, CancellationToken stop) =>
        inner.RunAsync(
            order,
            message =>
            {
                told(message);
                heard(message);
            },
            gpu,
            stop
        );
}
