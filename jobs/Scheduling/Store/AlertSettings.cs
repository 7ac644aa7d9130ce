using Distiller.Core.Settings;

namespace Distiller.Jobs.Scheduling.Store;

/// <summary>Where alerts on nights are posted, and which.</summary>
/// <param name="Webhook">The receiver's URL. With most receivers the URL itself is a secret, so it is never logged.</param>
public sealed record AlertSettings(Uri Webhook)
{
    public const string Remedy = "Write it as https://host/path, as the receiver of alerts shows it.";

    [Setting("on-failure", "Post to the webhook when a night fails")]
    public bool OnFailure { get; init; } = true;

    [Setting("on-gate", "Post to the webhook when a night's gate holds its release back")]
    public bool OnGate { get; init; } = true;

    /// <returns>Null: the text is no absolute HTTP or HTTPS URL.</returns>
    public static AlertSettings? Parse(string url) =>
        Uri.TryCreate(url.Trim(), UriKind.Absolute, out var parsed) && parsed.Scheme is "http" or "https"
            ? new AlertSettings(parsed)
            : null;
}
