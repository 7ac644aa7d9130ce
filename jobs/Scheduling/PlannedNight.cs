namespace Distiller.Jobs.Scheduling;

/// <summary>A night to come, in the tenant's time zone.</summary>
/// <param name="Due">When its cron expression asks for it.</param>
/// <param name="Begins">When its window is open: then or later; null: never.</param>
/// <param name="Stops">When that window closes, and what is not done waits for the next; null: never.</param>
public sealed record PlannedNight(DateTimeOffset Due, DateTimeOffset? Begins, DateTimeOffset? Stops);
