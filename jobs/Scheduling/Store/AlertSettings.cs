using Distiller.Core.Settings;

namespace Distiller.Jobs.Scheduling.Store;

/// <summary>Whom to tell when a night goes wrong, and of what.</summary>
/// <param name="Webhook">Takes the alerts. Is itself a secret with most receivers: it is never logged.</param>
public sealed record AlertSettings(Uri Webhook)
{
    public const string Remedy = "Write it as https://host/path, as the receiver of alerts shows it.";

    [Setting("on-failure", "Whether a night is told that failed")]
    public bool OnFailure { get; init; } = true;

    [Setting("on-gate", "Whether a night is told that finished and whose gate let nothing through")]
    public bool OnGate { get; init; } = true;

    /// <summary>Null: it is no URL that can be posted to.</summary>
    public static AlertSettings? To(string url) =>
        Uri.TryCreate(url.Trim(), UriKind.Absolute, out var parsed) && parsed.Scheme is "http" or "https"
            ? new AlertSettings(parsed)
            : null;
}
