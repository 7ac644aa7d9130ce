using Distiller.Core;

namespace Distiller.Dashboard.Alerts;

/// <summary>Who is told when a night goes wrong.</summary>
/// <param name="Url">Is itself a secret with most receivers: it is never logged.</param>
public sealed record WebhookOptions(Uri Url)
{
    /// <summary>The environment variables it may come from.</summary>
    public const string Variable = "DISTILLER_WEBHOOK";

    public const string SecretVariable = "DISTILLER_WEBHOOK_SECRET";

    /// <summary>Signs what is sent; null: it is not signed.</summary>
    public string? Secret { get; init; }

    /// <summary>When a night failed.</summary>
    public bool OnFailure { get; init; } = true;

    /// <summary>When a night finished and its gate let nothing through.</summary>
    public bool OnGate { get; init; } = true;

    /// <summary>A night that has not begun so long after it was due, or not ended so long after it began, is told.</summary>
    public TimeSpan Late { get; init; } = TimeSpan.FromHours(12);

    /// <summary>How often the store is looked at.</summary>
    public TimeSpan Every { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Before the first retry of a delivery; each further one waits twice as long.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>One answer of the receiver.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Reads what a schedule or the environment says; null where nothing is said.</summary>
    /// <param name="place">Where it is said, for the error.</param>
    /// <exception cref="BadInputException">It is not a URL that can be posted to.</exception>
    public static WebhookOptions? Read(string? url, string? secret, SourceLocation place)
    {
        if (string.IsNullOrWhiteSpace(url))
        {
            return null;
        }

        if (!Uri.TryCreate(url.Trim(), UriKind.Absolute, out var parsed) || parsed.Scheme is not ("http" or "https"))
        {
            throw new BadInputException(
                place,
                "The webhook is not an http or https URL.",
                "Write it as https://host/path, as the receiver of alerts shows it."
            );
        }

        return new WebhookOptions(parsed) { Secret = string.IsNullOrEmpty(secret) ? null : secret };
    }

    /// <summary>Without path and secret.</summary>
    public override string ToString() => Url.GetLeftPart(UriPartial.Authority);
}
