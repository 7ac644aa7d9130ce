using System.Text.Json;
using Distiller.Jobs.Scheduling.Store;

namespace Distiller.Jobs.Scheduling;

/// <summary>What a process is told that carries out one step of a run: one line of JSON on its standard input.</summary>
/// <param name="Night">The day on which the run became due.</param>
/// <param name="Home">The tenant's workspace.</param>
/// <param name="Registry">Its folder of releases.</param>
/// <param name="Logs">Files or folders to collect.</param>
/// <param name="Handover">From the steps before.</param>
/// <param name="ClockOffsetSeconds">What to add to the system's clock: a scheduler's clock may be moved.</param>
/// <param name="Trial">Of the tasks to try the adapter on; only whoever composes them understands it. Null: none.</param>
public sealed record StepOrder(
    string Run,
    string Tenant,
    DateOnly Night,
    RunStep Step,
    string Home,
    string Registry,
    IReadOnlyList<string> Logs,
    NightSettings Settings,
    RunHandover Handover,
    double ClockOffsetSeconds,
    JsonElement? Trial
)
{
    /// <summary>What the workspace may forget when the night is over; null: nothing.</summary>
    public RetentionSettings? Retention { get; init; }

    /// <summary>Artifacts that the tenant's nights need which are not over, each <c>kind/key</c> or a bare key.</summary>
    public IReadOnlyList<string> Pinned { get; init; } = [];
}
