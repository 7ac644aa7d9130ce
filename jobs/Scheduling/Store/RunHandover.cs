namespace Distiller.Jobs.Scheduling.Store;

/// <summary>What the steps of a night hand over: keys of artifacts in the tenant's workspace, null until they are made.</summary>
public sealed record RunHandover
{
    /// <summary>Training examples and patterns.</summary>
    public string? Mined { get; init; }

    /// <summary>Records that the night's collecting put into quarantine.</summary>
    public long Quarantined { get; init; }

    /// <summary>The trained adapter.</summary>
    public string? Adapter { get; init; }

    /// <summary>The null control's; null for a night without a trial.</summary>
    public string? Control { get; init; }
}
