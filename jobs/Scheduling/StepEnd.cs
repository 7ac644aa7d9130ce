using Distiller.Jobs.Scheduling.Store;

namespace Distiller.Jobs.Scheduling;

/// <summary>What became of a step.</summary>
/// <param name="Reason">Why it did not finish; empty where it did.</param>
/// <param name="Handover">For the next step; null where it did not finish.</param>
/// <param name="Figures">Of the whole night; null before its last step.</param>
public sealed record StepEnd(StepEndKind Kind, string Reason, RunHandover? Handover = null, RunFigures? Figures = null)
{
    public static StepEnd Stopped { get; } = new(StepEndKind.Stopped, "");
}

/// <summary>How a step ended.</summary>
public enum StepEndKind
{
    Finished,

    /// <summary>It left at a checkpoint and can go on.</summary>
    Stopped,

    /// <summary>A fault that may pass.</summary>
    FailedForNow,

    /// <summary>A fault that does not pass by itself.</summary>
    FailedForGood,
}
