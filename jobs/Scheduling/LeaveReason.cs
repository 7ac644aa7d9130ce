namespace Distiller.Jobs.Scheduling;

/// <summary>Why a step was asked to leave before it was done.</summary>
internal enum LeaveReason
{
    None,

    /// <summary>The off-peak window closed.</summary>
    Window,

    /// <summary>A person commands it.</summary>
    Command,

    /// <summary>Another machine took the run over: it is no longer this one's to say anything about.</summary>
    TakenOver,
}
