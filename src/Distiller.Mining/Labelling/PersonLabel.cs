namespace Distiller.Mining.Labelling;

/// <summary>What a person said of a task's outcome.</summary>
/// <param name="Format">Of the log; with tenant and key it names the task, also when its session has grown since.</param>
/// <param name="Key">Of the task, or of the whole session.</param>
/// <param name="By">Who said it.</param>
public sealed record PersonLabel(
    string Format,
    string Tenant,
    string Key,
    OutcomeKind Says,
    string By,
    DateTimeOffset At,
    string Note = ""
)
{
    /// <summary>The task's name over all formats and tenants.</summary>
    public string Task => TaskOf(Format, Tenant, Key);

    public static string TaskOf(string format, string tenant, string key) => $"{format}\0{tenant}\0{key}";
}
