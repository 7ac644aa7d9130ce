using Distiller.Jobs.Scheduling;

namespace Distiller.Cli.Commands;

/// <summary>A tenant of a schedule and its next nights.</summary>
/// <param name="Windows">In words; empty for always.</param>
internal sealed record CheckedTenant(
    string Name,
    string Home,
    string Schedule,
    string Windows,
    IReadOnlyList<PlannedNight> Nights
);
