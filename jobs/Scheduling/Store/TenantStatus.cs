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

/// <summary>A tenant as its table has it. Names are the columns'.</summary>
internal sealed class TenantRow
{
    public string Name { get; init; } = "";
    public string Home { get; init; } = "";
    public string Registry { get; init; } = "";
    public string Base_Path { get; init; } = "";
    public string Schedule { get; init; } = "";
    public string Time_Zone { get; init; } = "";
    public string Windows { get; init; } = "";
    public long? Next_Due { get; init; }
    public long Held { get; init; }

    public TenantStatus ToStatus() =>
        new(Name, Home, Registry, Base_Path, Schedule, Time_Zone, Windows, SqlTime.Read(Next_Due), Held != 0);
}
