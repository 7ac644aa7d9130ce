namespace Distiller.Jobs.Scheduling.Store;

/// <summary>What the store holds of one tenant's runs in one state.</summary>
/// <param name="Retries">Attempts before the last one of each.</param>
/// <param name="TrainTokens">Sum over the runs that tell.</param>
public sealed record RunTotals(
    string Tenant,
    RunState State,
    long Runs,
    long Retries,
    long TrainTokens,
    long Quarantined
);
