using Distiller.Jobs.Scheduling.Store;

namespace Distiller.Tests.Cluster;

/// <summary>One kill of a server at work on a night, or beside it.</summary>
/// <param name="Stage">Under way at that moment; empty while a step is starting.</param>
/// <param name="WasAtWork">Whether the killed machine carried out the step.</param>
/// <param name="TakenOverBy">Who went on; null where the other machine was killed, and nothing was to be taken over.</param>
/// <param name="Took">From the kill until the step was begun again.</param>
internal sealed record KillRecord(
    RunStep Step,
    string Stage,
    string Node,
    bool WasAtWork,
    string? TakenOverBy,
    TimeSpan Took
);
