namespace Distiller.Jobs.Scheduling;

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
