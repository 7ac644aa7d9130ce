using Microsoft.Extensions.Hosting;
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
