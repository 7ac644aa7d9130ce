using Distiller.Core;
using Distiller.Jobs.Scheduling.Store;
using Distiller.Jobs.Stages;
using Distiller.Lake;

namespace Distiller.Jobs.Scheduling;

/// <summary>A step's work, in the process that does it.</summary>
public static class StepWork
{
    /// <summary>Carries out one step: opens what the steps before handed over, by its key, and nothing else.</summary>
    /// <param name="told">Hears what is to be logged.</param>
    /// <returns>The last message of the process.</returns>
    public static StepMessage CarryOut(
        Night night,
        StepOrder order,
        Action<StepMessage> told,
        CancellationToken cancellation
    )
    {
        var pipeline = new NightlyPipeline(night);
        switch (order.Step)
        {
            case RunStep.Prepare:
                var prepared = pipeline.Prepare(order.Logs, order.Tenant, cancellation);
                return Finished(
                    new RunHandover { Mined = prepared.Mined.Key, Quarantined = prepared.Quarantined },
                    null
                );
            case RunStep.Train:
                var trained = pipeline.Train(Mined(night, order), cancellation);
                return Finished(
                    order.Handover with
                    {
                        Adapter = trained.Adapter.Key,
                        Control = trained.Control?.Key,
                    },
                    null
                );
            default:
                var control = order.Handover.Control is { } key ? night.Handed(ArtifactKind.ControlAdapter, key) : null;
                var report = pipeline.Judge(
                    new PreparedNight(Mined(night, order), order.Handover.Quarantined),
                    new TrainedNight(night.Handed(ArtifactKind.Adapter, Key(order.Handover.Adapter, order)), control),
                    cancellation
                );
                var figures = report.ToRunFigures(order.Home);
                Keep(night, order, told, cancellation);
                return Finished(order.Handover, figures);
        }
    }

    /// <summary>The night is judged and published by now: whatever is left undone here, the next one does.</summary>
    private static void Keep(Night night, StepOrder order, Action<StepMessage> told, CancellationToken cancellation)
    {
        if (order.Retention is not { } retention)
        {
            return;
        }

        try
        {
            new KeepStage(night).Run(retention, order.Pinned, cancellation);
        }
        catch (Exception e)
        {
            var why = e is OperationCanceledException ? "it was asked to leave." : Failed(e).Text;
            told(
                new StepMessage(StepMessageKind.Log)
                {
                    Level = "warning",
                    Text = $"The workspace keeps what it need not, until the next night: {why}",
                }
            );
        }
    }

    /// <summary>What a fault means for the run.</summary>
    public static StepMessage Failed(Exception fault) =>
        fault switch
        {
            BadInputException bad => Failed(
                IsPassing(bad) ? StepFault.Passing : StepFault.BadInput,
                $"{bad.Place}: {bad.Reason} {bad.Remedy}"
            ),
            FileNotFoundException or DirectoryNotFoundException => Failed(StepFault.BadInput, fault.Message),
            IOException or TimeoutException => Failed(StepFault.Passing, fault.Message),
            _ => Failed(StepFault.Bug, $"{fault.GetType().Name}: {fault.Message}"),
        };

    /// <summary>A full disk, a file that another process holds: bad input for a person, and gone tomorrow.</summary>
    private static bool IsPassing(BadInputException bad) =>
        DiskFull.Is(bad)
        || bad.InnerException is IOException and not FileNotFoundException and not DirectoryNotFoundException;

    private static Lake.Artifact Mined(Night night, StepOrder order) =>
        night.Handed(ArtifactKind.Mined, Key(order.Handover.Mined, order));

    private static string Key(string? key, StepOrder order) =>
        key ?? throw new InvalidOperationException($"Nothing was handed over to {order.Step}.");

    private static StepMessage Finished(RunHandover handover, RunFigures? figures) =>
        new(StepMessageKind.Finished) { Handover = handover, Figures = figures };

    private static StepMessage Failed(StepFault fault, string text) =>
        new(StepMessageKind.Failed)
        {
            Fault = fault,
            Text = text,
            Level = "error",
        };
}
