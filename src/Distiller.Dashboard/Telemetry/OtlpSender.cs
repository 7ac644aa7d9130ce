using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Distiller.Dashboard.Telemetry;

/// <summary>Sends metrics and traces by OTLP while the server runs, and what is left when it ends.</summary>
internal sealed class OtlpSender(OtlpTarget target, RunMetrics metrics) : BackgroundService
{
    private const int FlushMsMax = 3_000;
    private static readonly TimeSpan ReadEvery = TimeSpan.FromSeconds(15);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var resource = ResourceBuilder
            .CreateDefault()
            .AddService("distiller", serviceInstanceId: Environment.MachineName);
        using var meters = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(resource)
            .AddMeter(MeterNames.All)
            .AddOtlpExporter(exporter => target.Apply(exporter, "metrics"))
            .Build();
        using var traces = Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(resource)
            .AddSource(MeterNames.Activities)
            .AddOtlpExporter(exporter => target.Apply(exporter, "traces"))
            .Build();
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
            // The end of the server is the time for what was not sent yet.
        }
        finally
        {
            meters.ForceFlush(FlushMsMax);
            traces.ForceFlush(FlushMsMax);
        }
    }
}
