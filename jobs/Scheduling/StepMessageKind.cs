namespace Distiller.Jobs.Scheduling;

/// <summary>What a <see cref="StepMessage"/> tells.</summary>
public enum StepMessageKind
{
    /// <summary>How far a stage is: <see cref="StepMessage.Share"/>, <see cref="StepMessage.Text"/>.</summary>
    Progress,

    StageBegan,

    StageEnded,

    /// <summary>A line for people.</summary>
    Log,

    /// <summary>The last: the step is done, with its <see cref="StepMessage.Handover"/> and, after the last step, figures.</summary>
    Finished,

    /// <summary>The last: the step failed because of a <see cref="StepMessage.Fault"/>.</summary>
    Failed,
}
