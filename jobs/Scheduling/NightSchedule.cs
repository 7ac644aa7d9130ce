namespace Distiller.Jobs.Scheduling;

/// <summary>Which tenants have nights, and when: what <c>nightly.yaml</c> says.</summary>
/// <param name="Alerts">Null: nobody is told.</param>
/// <param name="Warnings">What is allowed but hardly meant, each a sentence with its place.</param>
public sealed record NightSchedule(
    IReadOnlyList<TenantSchedule> Tenants,
    AlertSettings? Alerts,
    IReadOnlyList<string> Warnings
);

/// <summary>Whom to tell when a night goes wrong.</summary>
/// <param name="Webhook">Gets an HTTP POST with a JSON document; often holds a secret and is not to be shown.</param>
/// <param name="OnFailure">When a night failed.</param>
/// <param name="OnGate">When a night finished and its gate let nothing through.</param>
public sealed record AlertSettings(Uri Webhook, bool OnFailure, bool OnGate);
