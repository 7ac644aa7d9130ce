namespace Distiller.Dashboard.Alerts;

/// <summary>What is worth waking somebody for.</summary>
internal enum AlertKind
{
    /// <summary>A night failed.</summary>
    Failed,

    /// <summary>A night finished and its gate stayed closed.</summary>
    Gate,

    /// <summary>A night that was due did not begin.</summary>
    NotStarted,

    /// <summary>A night that began does not end.</summary>
    Overdue,
}
