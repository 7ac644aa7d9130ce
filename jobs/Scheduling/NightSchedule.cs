using Distiller.Jobs.Scheduling.Store;

namespace Distiller.Jobs.Scheduling;

/// <summary>Which tenants have nights, and when: what <c>nightly.yaml</c> says.</summary>
/// <param name="Alerts">Null: nobody is told.</param>
/// <param name="Warnings">What is allowed but hardly meant, each a sentence with its place.</param>
public sealed record NightSchedule(
    IReadOnlyList<TenantSchedule> Tenants,
    AlertSettings? Alerts,
    IReadOnlyList<string> Warnings
);
