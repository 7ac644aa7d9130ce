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
    private MeterProvider? _meters;
    private TracerProvider? _traces;

    /// <summary>Listens before the server answers: what is measured while nobody listens is never sent.</summary>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        var resource = ResourceBuilder
            .CreateDefault()
            .AddService("distiller", serviceInstanceId: Environment.MachineName);
        _meters = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(resource)
            .AddMeter(MeterNames.All)
            .AddOtlpExporter(exporter => target.Apply(exporter, "metrics"))
            .Build();
        _traces = Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(resource)
            .AddSource(MeterNames.Activities)
            .AddOtlpExporter(exporter => target.Apply(exporter, "traces"))
            .Build();
        return base.StartAsync(cancellationToken);
    }

    public override void Dispose()
    {
        _meters?.Dispose();
        _traces?.Dispose();
        base.Dispose();
    }

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
            _meters?.ForceFlush(FlushMsMax);
            _traces?.ForceFlush(FlushMsMax);
        }
    }
}
