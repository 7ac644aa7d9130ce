namespace Distiller.Jobs.Scheduling.Store;

/// <summary>Which runs, newest due first.</summary>
/// <param name="Tenant">Null for all.</param>
/// <param name="States">Empty for all.</param>
/// <param name="Skip">Rows to leave out, for pages.</param>
public sealed record RunQuery(string? Tenant = null, int Take = 50, int Skip = 0, params RunState[] States);
