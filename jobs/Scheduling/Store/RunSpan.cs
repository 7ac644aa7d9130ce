namespace Distiller.Jobs.Scheduling.Store;

/// <summary>How long a run, or one stage of it, took.</summary>
/// <param name="Stage">Null for the run as a whole.</param>
/// <param name="Length">Of a run from start to end, pauses counted; of a stage the time at work.</param>
public sealed record RunSpan(
    string RunId,
    string Tenant,
    string? Stage,
    RunState State,
    TimeSpan Length,
    DateTimeOffset Ended
);
