using Distiller.Core;
using Distiller.Jobs.Scheduling.Store;

namespace Distiller.Dashboard.Alerts;

/// <summary>How whoever is to be told of a night is told.</summary>
/// <param name="Alerts">Who, and of what.</param>
public sealed record WebhookOptions(AlertSettings Alerts)
{
    /// <summary>The environment variables it may come from.</summary>
    public const string Variable = "DISTILLER_WEBHOOK";

    public const string SecretVariable = "DISTILLER_WEBHOOK_SECRET";

    /// <summary>Signs what is sent; null: it is not signed.</summary>
    public string? Secret { get; init; }

    /// <summary>A night that has not begun so long after it was due, or not ended so long after it began, is told.</summary>
    public TimeSpan Late { get; init; } = TimeSpan.FromHours(12);

    /// <summary>How often the store is looked at.</summary>
    public TimeSpan Every { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Before the first retry of a delivery; each further one waits twice as long.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>One answer of the receiver.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>What the environment says, which goes before the schedule; null where neither names a receiver.</summary>
    /// <exception cref="BadInputException">The variable holds no URL that can be posted to.</exception>
    public static WebhookOptions? Read(Func<string, string?> variable, AlertSettings? scheduled)
    {
        var alerts = scheduled;
        if (variable(Variable) is { } url && !string.IsNullOrWhiteSpace(url))
        {
            var named =
                AlertSettings.Parse(url)
                ?? throw new BadInputException(
                    SourceLocation.Option($"${Variable}"),
                    "The webhook is not an http or https URL.",
                    AlertSettings.Remedy
                );
            alerts = scheduled is null ? named : scheduled with { Webhook = named.Webhook };
        }

        return alerts is null
            ? null
            : new WebhookOptions(alerts)
            {
                Secret = variable(SecretVariable) is { Length: > 0 } secret ? secret : null,
            };
    }

    /// <summary>Without path and secret.</summary>
    public override string ToString() => Alerts.Webhook.GetLeftPart(UriPartial.Authority);
}
