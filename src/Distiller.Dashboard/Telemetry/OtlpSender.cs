using Distiller.Core;
using Microsoft.Extensions.Hosting;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Distiller.Dashboard.Telemetry;

/// <summary>Keeps what OTLP sends fresh while the server runs, and sends what is left when it ends.</summary>
internal sealed class OtlpSender(MeterProvider meters, TracerProvider traces, RunMetrics metrics) : BackgroundService
{
    private const int FlushMsMax = 3_000;
    private static readonly TimeSpan ReadEvery = TimeSpan.FromSeconds(15);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var clock = new PeriodicTimer(ReadEvery);
        try
        {
            do
            {
                await metrics.RefreshAsync(stoppingToken);
            } while (await clock.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // The end of the server is the time for what was not sent yet, the newest included.
            metrics.Forget();
            await metrics.RefreshAsync(CancellationToken.None);
        }
        finally
        {
            meters.ForceFlush(FlushMsMax);
            traces.ForceFlush(FlushMsMax);
        }
    }
}

/// <summary>Where OTLP goes. Protocol, headers and time-out are the exporter's own <c>OTEL_EXPORTER_OTLP_*</c> variables.</summary>
internal sealed record OtlpTarget(Uri Endpoint, OtlpExportProtocol Protocol)
{
    private const string EndpointVariable = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string ProtocolVariable = "OTEL_EXPORTER_OTLP_PROTOCOL";

    /// <returns>Null: nothing is to be sent.</returns>
    /// <exception cref="BadInputException">The endpoint is not a URL.</exception>
    public static OtlpTarget? Of(DashboardOptions options)
    {
        var endpoint = options.OtlpEndpoint;
        if (endpoint is null)
        {
            var text = Environment.GetEnvironmentVariable(EndpointVariable);
            if (string.IsNullOrWhiteSpace(text))
            {
                return null;
            }

            if (!Uri.TryCreate(text, UriKind.Absolute, out endpoint) || endpoint.Scheme is not ("http" or "https"))
            {
                throw new BadInputException(
                    SourceLocation.Option("$" + EndpointVariable),
                    $"'{text}' is not a URL.",
                    "Write it as http://collector:4318, or unset it."
                );
            }
        }

        var isGrpc = Environment.GetEnvironmentVariable(ProtocolVariable) == "grpc";
        return new OtlpTarget(endpoint, isGrpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf);
    }

    /// <param name="signal"><c>metrics</c> or <c>traces</c>.</param>
    public void Apply(OtlpExporterOptions exporter, string signal)
    {
        exporter.Protocol = Protocol;
        exporter.Endpoint =
            Protocol == OtlpExportProtocol.Grpc ? Endpoint : new Uri($"{Endpoint.ToString().TrimEnd('/')}/v1/{signal}");
    }
}
