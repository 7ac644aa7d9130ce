using System.ComponentModel.DataAnnotations;
using Distiller.Core.Settings;
using Distiller.Dashboard.Access;
using Distiller.Dashboard.Alerts;
using Distiller.Dashboard.Telemetry;

namespace Distiller.Dashboard;

/// <summary>Where the dashboard listens, to whom it answers, and what it tells to others.</summary>
public sealed record DashboardOptions
{
    /// <summary>The server's folder: its database, keys and caches lie in <c>.serve/</c> there.</summary>
    public required string Home { get; init; }

    /// <summary>Anything but loopback needs a <see cref="Token"/>.</summary>
    [Setting("address", "The IP address to listen at; any but loopback needs --token-file")]
    [IpAddress(
        ErrorMessage = "Give 127.0.0.1 for this machine alone, or 0.0.0.0 (with a token) for every machine that can reach it."
    )]
    public string Address { get; init; } = "127.0.0.1";

    [Setting("port", "The port to listen at; 0 takes a free one")]
    [Range(0, 65535)]
    public int Port { get; init; } = 5080;

    /// <summary>Whoever shows it may read and command; null: nobody is asked, which only loopback allows.</summary>
    public string? Token { get; init; }

    /// <summary>A person who does nothing for so long must log in again.</summary>
    public TimeSpan SessionLength { get; init; } = TimeSpan.FromHours(12);

    [Setting("log", "How the log is written: plain, or json for machines")]
    public LogStyle Logs { get; init; }

    /// <summary>Where metrics and traces are sent by OTLP; null: <c>$OTEL_EXPORTER_OTLP_ENDPOINT</c>, else nowhere.</summary>
    public Uri? OtlpEndpoint { get; init; }

    /// <summary>Who is told of failed nights; null: nobody.</summary>
    public WebhookOptions? Webhook { get; init; }

    /// <summary>Without the token.</summary>
    public override string ToString() => $"{Home} at {Address}:{Port}, {(Token is null ? "no token" : "with a token")}";
}
