namespace Distiller.Jobs.Scheduling.Store;

/// <summary>Where a run is. Each state comes with a reason in words (<see cref="Run.Reason"/>), shown as it is.</summary>
public enum RunState
{
    /// <summary>Due, and not yet begun: the window is closed, or a machine of the right role or the GPU is busy.</summary>
    Waiting,

    Running,

    /// <summary>Begun and stopped at a checkpoint: the window closed, or a person paused it.</summary>
    Paused,

    /// <summary>A passing fault stopped it; it is tried again at <see cref="Run.Due"/>.</summary>
    Retrying,

    /// <summary>All stages were carried out. Whether something was published stands in <see cref="Run.Figures"/>.</summary>
    Finished,

    /// <summary>Stopped by a fault that does not pass by itself.</summary>
    Failed,

    /// <summary>Ended by a person.</summary>
    Cancelled,
}
