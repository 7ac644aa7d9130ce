using System.Text.Json.Serialization;

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
    [JsonIgnore]
    public string Task => TaskOf(Format, Tenant, Key);

    /// <summary>The word on a task: on itself, else on the whole session that it was cut out of; null for none.</summary>
    public static PersonLabel? Of(
        IReadOnlyDictionary<string, PersonLabel>? labels,
        string format,
        string tenant,
        string key
    ) =>
        labels is null ? null
        : labels.TryGetValue(TaskOf(format, tenant, key), out var label) ? label
        : key.LastIndexOf('#') is > 0 and var mark ? labels.GetValueOrDefault(TaskOf(format, tenant, key[..mark]))
        : null;

    public static string TaskOf(string format, string tenant, string key) => $"{format}\0{tenant}\0{key}";
}
