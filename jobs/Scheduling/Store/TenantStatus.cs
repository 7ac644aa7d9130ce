namespace Distiller.Jobs.Scheduling.Store;

/// <summary>A tenant as its schedule says, written by the scheduler at start and after each night.</summary>
/// <param name="Home">Its workspace folder.</param>
/// <param name="Registry">Its folder of releases.</param>
/// <param name="Schedule">In words: <c>01:30 every day, Europe/Berlin</c>.</param>
/// <param name="Windows">In words: <c>22:00 to 06:00, not on 2026-12-24</c>; empty for always.</param>
/// <param name="NextDue">Null: no further night.</param>
/// <param name="IsHeld">A person holds the schedule back.</param>
public sealed record TenantStatus(
    string Name,
    string Home,
    string Registry,
    string BasePath,
    string Schedule,
    string TimeZone,
    string Windows,
    DateTimeOffset? NextDue,
    bool IsHeld
);
