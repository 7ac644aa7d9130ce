namespace Distiller.Jobs.Scheduling.Store;

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
