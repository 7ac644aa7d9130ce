namespace Distiller.Jobs.Scheduling;

/// <summary>Carries out one step of a run.</summary>
public interface IStepRunner
{
    /// <param name="told">Called in the order of the events, by one thread at a time; must not wait.</param>
    /// <param name="gpu">The GPU the step has for itself; null where the machine has at most one.</param>
    /// <param name="stop">Asks the step to leave at a checkpoint; it does within seconds.</param>
    public Task<StepEnd> RunAsync(StepOrder order, Action<StepMessage> told, int? gpu, CancellationToken stop);
}
