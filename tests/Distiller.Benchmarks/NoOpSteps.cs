using System.Collections.Concurrent;
using Distiller.Jobs.Scheduling;
using Distiller.Jobs.Scheduling.Store;

namespace Distiller.Benchmarks;

/// <summary>Steps that end at once, and remember when they began.</summary>
internal sealed class NoOpSteps : IStepRunner
{
    private static readonly StepEnd Done = new(
        StepEndKind.Finished,
        "",
        new RunHandover(),
        new RunFigures { GateReasons = ["a step that does nothing"] }
    );

    /// <summary>By run.</summary>
    public ConcurrentDictionary<string, DateTimeOffset> Began { get; } = new(StringComparer.Ordinal);

    public Task<StepEnd> RunAsync(StepOrder order, Action<StepMessage> told, int? gpu, CancellationToken stop)
    {
        Began[order.Run] = TimeProvider.System.GetUtcNow();
        return Task.FromResult(Done);
    }
}
