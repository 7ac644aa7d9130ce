namespace Distiller.Jobs.Scheduling.Store;

/// <summary>One night of one tenant, from due to ended.</summary>
public sealed record Run
{
    /// <summary><c>TENANT-yyyyMMdd</c> for the scheduled night, with <c>-2</c>, <c>-3</c> and so on for further ones of that day.</summary>
    public required string Id { get; init; }

    public required string Tenant { get; init; }

    /// <summary>The partition: the day, in the tenant's time zone, on which it became due.</summary>
    public required DateOnly Night { get; init; }

    public required RunState State { get; init; }

    /// <summary>Why it is in this state, in words for a person.</summary>
    public required string Reason { get; init; }

    /// <summary>The step that is under way or next.</summary>
    public required RunStep Step { get; init; }

    /// <summary>The stage under way, for example <c>distill</c>; empty before the first.</summary>
    public string Stage { get; init; } = "";

    /// <summary>Of that stage, 0 to 1.</summary>
    public double Progress { get; init; }

    /// <summary>A few words on what the stage is doing.</summary>
    public string Note { get; init; } = "";

    /// <summary>Estimated for the stage; null when it cannot be told.</summary>
    public TimeSpan? Remaining { get; init; }

    /// <summary>1 for the first; one more after each retry.</summary>
    public int Attempt { get; init; } = 1;

    /// <summary>The machine that carries it out, or did last.</summary>
    public string? Node { get; init; }

    public RunCommand Command { get; init; }

    /// <summary>Who commanded it last.</summary>
    public string? CommandBy { get; init; }

    /// <summary><c>schedule</c>, or the person who asked for it.</summary>
    public required string AskedBy { get; init; }

    /// <summary>When it was, or is, to begin or to go on.</summary>
    public required DateTimeOffset Due { get; init; }

    public DateTimeOffset? Started { get; init; }

    public DateTimeOffset? Ended { get; init; }

    public DateTimeOffset Updated { get; init; }

    /// <summary>
    /// The Hangfire job that carries out its step; null until the step is handed over. Changes only by compare-and-set, so
    /// that a step is handed over once and only this job may begin it.
    /// </summary>
    public string? Job { get; init; }

    /// <summary>What its finished steps hand to the next.</summary>
    public RunHandover Handover { get; init; } = new();

    /// <summary>What came out of it; null before the end.</summary>
    public RunFigures? Figures { get; init; }

    public bool IsOver => State is RunState.Finished or RunState.Failed or RunState.Cancelled;
}

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

/// <summary>What one machine carries out of a night in one go. The next step may run on another machine.</summary>
public enum RunStep
{
    /// <summary>Collect, reduce, mine. Role <c>cpu</c>.</summary>
    Prepare,

    /// <summary>Distill the adapter and its control. Role <c>gpu</c>.</summary>
    Train,

    /// <summary>Quantize, evaluate, try, publish. Role <c>cpu</c>.</summary>
    Judge,
}

/// <summary>What the steps of a night hand over: keys of artifacts in the tenant's workspace, null until they are made.</summary>
public sealed record RunHandover
{
    /// <summary>Training examples and patterns.</summary>
    public string? Mined { get; init; }

    /// <summary>Records that the night's collecting put into quarantine.</summary>
    public long Quarantined { get; init; }

    /// <summary>The trained adapter.</summary>
    public string? Adapter { get; init; }

    /// <summary>The null control's; null for a night without a trial.</summary>
    public string? Control { get; init; }
}
