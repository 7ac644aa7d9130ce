namespace Distiller.Jobs.Scheduling;

/// <summary>What kind of fault stopped a step: whether it is worth trying again.</summary>
public enum StepFault
{
    /// <summary>An input or setting cannot be used. It fails again until a person changes it.</summary>
    BadInput,

    /// <summary>A full disk, a workspace in use, something that is away: it may pass.</summary>
    Passing,

    /// <summary>An error of the program. Trying again would hide it.</summary>
    Bug,
}
