using System.ComponentModel.DataAnnotations;
using Distiller.Core.Settings;
using Distiller.Dashboard.Alerts;
using Distiller.Dashboard.Telemetry;

namespace Distiller.Dashboard;

/// <summary>Where the dashboard listens, to whom it answers, and what it tells to others.</summary>
public sealed record DashboardOptions
{
    /// <summary>The server's folder: its database, keys and caches lie in <c>.serve/</c> there.</summary>
    public required string Home { get; init; }

    /// <summary>An IP address, or <c>localhost</c>. Anything but loopback needs a <see cref="Token"/>.</summary>
    public string Address { get; init; } = "127.0.0.1";

    [Setting("port", "The port to listen at; 0 takes a free one")]
    [Range(0, 65535)]
    public int Port { get; init; } = 5080;

    /// <summary>Whoever shows it may read and command; null: nobody is asked, which only loopback allows.</summary>
    public string? Token { get; init; }

    /// <summary>A person who does nothing for so long must log in again.</summary>
    public TimeSpan SessionLength { get; init; } = TimeSpan.FromHours(12);

    public LogStyle Logs { get; init; }

    /// <summary>Where metrics and traces are sent by OTLP; null: <c>$OTEL_EXPORTER_OTLP_ENDPOINT</c>, else nowhere.</summary>
    public Uri? OtlpEndpoint { get; init; }

    /// <summary>Who is told of failed nights; null: nobody.</summary>
    public WebhookOptions? Webhook { get; init; }

    /// <summary>Without the token.</summary>
    public override string ToString() => $"{Home} at {Address}:{Port}, {(Token is null ? "no token" : "with a token")}";
}
