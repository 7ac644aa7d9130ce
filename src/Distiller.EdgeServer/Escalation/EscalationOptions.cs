using System.ComponentModel.DataAnnotations;
using Distiller.Core;
using Distiller.Core.Settings;

namespace Distiller.EdgeServer.Escalation;

/// <summary>Whom a server asks where the adapter's answer is likely wrong.</summary>
public sealed record EscalationOptions
{
    /// <summary>Of the environment: the key for <see cref="Address"/>. It is no option, since other users see those.</summary>
    public const string KeyVariable = "DISTILLER_ESCALATE_KEY";

    [Setting(
        "escalate",
        "Address of an API like OpenAI's, such as https://HOST/v1, that answers where the adapter is likely wrong; its key is $"
            + KeyVariable
    )]
    public string? Address { get; init; }

    [Setting("escalate-model", "The model to ask there")]
    public string? Model { get; init; }

    [Setting("escalate-error", "Share of wrong answers that may be among those kept")]
    [Range(0.001, 0.5)]
    public double ErrorRate { get; init; } = 0.05;

    [Setting("escalate-usd-input", "US dollars for a million prompt tokens there; 0 counts no cost")]
    [Range(0.0, 10_000.0)]
    public double UsdInput { get; init; }

    [Setting("escalate-usd-cached", "US dollars for a million prompt tokens that are cached there")]
    [Range(0.0, 10_000.0)]
    public double UsdCached { get; init; }

    [Setting("escalate-usd-output", "US dollars for a million answered tokens there")]
    [Range(0.0, 10_000.0)]
    public double UsdOutput { get; init; }

    /// <summary>Null: none is asked for.</summary>
    public string? Key { get; init; }

    /// <exception cref="BadInputException">Something is missing, or the address is none.</exception>
    internal Uri Endpoint()
    {
        OptionsCheck.Require(this);
        if (string.IsNullOrEmpty(Model))
        {
            throw new BadInputException(
                SourceLocation.Option("--escalate-model"),
                "It is not said which model answers there.",
                "Name it with --escalate-model NAME."
            );
        }

        return Uri.TryCreate(Address, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            ? uri
            : throw new BadInputException(
                SourceLocation.Option("--escalate"),
                $"'{Address}' is no address of an API.",
                "Give one that begins with http:// or https:// and, as a rule, ends with /v1."
            );
    }
}
