using System.Collections.Concurrent;
using Distiller.Jobs.Scheduling;
using Distiller.Jobs.Scheduling.Store;

namespace Distiller.Tests.Scheduling;

/// <summary>Steps that end as the test says: at once and well, unless told otherwise.</summary>
internal sealed class ScriptedSteps : IStepRunner
{
    private readonly Lock _gate = new();
    private readonly Dictionary<RunStep, int> _now = [];
    private readonly Dictionary<RunStep, int> _atOnce = [];
    private readonly ConcurrentDictionary<string, int> _ofRun = new(StringComparer.Ordinal);
    private volatile bool _overlapped;

    /// <summary>Everything that was asked for, in order.</summary>
    public ConcurrentQueue<StepOrder> Orders { get; } = new();

    /// <summary>Null: it ends well.</summary>
    public Func<StepOrder, CancellationToken, Task<StepEnd?>> Script { get; set; } =
        (_, _) => Task.FromResult<StepEnd?>(null);

    /// <summary>Whether a run was ever carried out twice at a time.</summary>
    public bool Overlapped => _overlapped;

    public int AtOnce(RunStep step)
    {
        lock (_gate)
        {
            return _atOnce.GetValueOrDefault(step);
        }
    }

    /// <summary>Works until it is asked to leave.</summary>
    public static async Task<StepEnd?> UntilStopped(CancellationToken stop)
    {
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, stop);
        }
        catch (OperationCanceledException)
        {
            // What it waits for.
        }

        return StepEnd.Stopped;
    }

    public async Task<StepEnd> RunAsync(StepOrder order, Action<StepMessage> told, int? gpu, CancellationToken stop)
    {
        Orders.Enqueue(order);
        Count(order, 1);
        try
        {
            var stage = order.Step.ToString();
            told(new StepMessage(StepMessageKind.StageBegan) { Stage = stage });
            if (await Script(order, stop) is { } end)
            {
                return end;
            }

            told(new StepMessage(StepMessageKind.StageEnded) { Stage = stage, Outputs = [$"{stage}/{order.Run}"] });
            return new StepEnd(
                StepEndKind.Finished,
                "",
                order.Step switch
                {
                    RunStep.Prepare => new RunHandover { Mined = $"mined of {order.Run}", Quarantined = 3 },
                    RunStep.Train => order.Handover with { Adapter = $"adapter of {order.Run}" },
                    _ => order.Handover,
                },
                order.Step is RunStep.Judge ? new RunFigures { Published = true, ReleaseId = "r1" } : null
            );
        }
        finally
        {
            Count(order, -1);
        }
    }

    private void Count(StepOrder order, int change)
    {
        lock (_gate)
        {
            _now[order.Step] = _now.GetValueOrDefault(order.Step) + change;
            _atOnce[order.Step] = Math.Max(_atOnce.GetValueOrDefault(order.Step), _now[order.Step]);
        }

        if (_ofRun.AddOrUpdate(order.Tenant, change, (_, n) => n + change) > 1)
        {
            _overlapped = true;
        }
    }
}
