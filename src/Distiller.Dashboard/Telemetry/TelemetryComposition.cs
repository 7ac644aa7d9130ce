using Distiller.Dashboard.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Distiller.Dashboard.Telemetry;

/// <summary>Logs, metrics and health.</summary>
internal static class TelemetryComposition
{
    public const string HealthPath = "/healthz";
    public const string ReadyPath = "/readyz";
    public const string MetricsPath = "/metrics";

    private static readonly string[] Reading = [HttpMethods.Get, HttpMethods.Head];

    public static void AddTelemetry(this WebApplicationBuilder builder, DashboardOptions options)
    {
        AddLogs(builder.Logging, options.Logs);
        builder.Services.AddSingleton<Readiness>();
        builder.Services.AddSingleton<RunMetrics>();
        AddMeters(builder.Services, OtlpTarget.Of(options));
    }

    /// <summary>Tells this server's meters to whoever scrapes them, and by OTLP where there is a target.</summary>
    internal static void AddMeters(IServiceCollection services, OtlpTarget? target)
    {
        services.AddMetrics(metrics =>
        {
            foreach (var meter in MeterNames.All)
            {
                // Local: another server in this process has its own meters of the same names.
                metrics.EnableMetrics(
                    meter,
                    instrumentName: null,
                    listenerName: null,
                    meter == MeterNames.Runtime ? MeterScope.Global : MeterScope.Local
                );
            }
        });
        var telemetry = services
            .AddOpenTelemetry()
            .ConfigureResource(r => r.AddService("distiller", serviceInstanceId: Environment.MachineName))
            .WithMetrics(metrics =>
                metrics.AddPrometheusExporter(prometheus =>
                {
                    prometheus.ScrapeResponseCacheDurationMilliseconds = 0;
                    // Every series would carry the meter's name; the metrics' names tell it.
                    prometheus.ScopeInfoEnabled = false;
                    prometheus.TargetInfoEnabled = false;
                })
            );
        if (target is not null)
        {
            telemetry
                .WithMetrics(m => m.AddOtlpExporter(exporter => target.Apply(exporter, "metrics")))
                .WithTracing(t =>
                    t.AddSource(MeterNames.Activities).AddOtlpExporter(exporter => target.Apply(exporter, "traces"))
                );
            services.AddHostedService<OtlpSender>();
        }
    }

    public static void MapTelemetry(this WebApplication app)
    {
        var metrics = app.Services.GetRequiredService<RunMetrics>();
        app.MapPrometheusScrapingEndpoint(
            MetricsPath,
            meterProvider: null,
            branch =>
                branch.Use(
                    async (context, next) =>
                    {
                        await metrics.RefreshAsync(context.RequestAborted);
                        await next(context);
                    }
                ),
            optionsName: null
        );
        app.MapMethods(HealthPath, Reading, context => context.Response.WriteAsync("ok\n", context.RequestAborted))
            .AllowAnonymous();
        app.MapMethods(ReadyPath, Reading, ReadyAsync).AllowAnonymous();
    }

    private static async Task ReadyAsync(HttpContext context)
    {
        var place = context.RequestServices.GetRequiredService<ListeningPlace>();
        var readiness = context.RequestServices.GetRequiredService<Readiness>();
        var notes = await readiness.LookAsync(context.RequestAborted);
        var blocks = notes.Any(n => n.Blocks);
        // Reasons name hosts and folders: not for everybody.
        var mayKnow = place.Token is null || context.User.Identity is { IsAuthenticated: true };
        context.Response.StatusCode = blocks ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK;
        await context.Response.WriteAsJsonAsync(
            new
            {
                State = blocks ? "not ready"
                : notes.Count > 0 ? "degraded"
                : "ready",
                Parts = notes.Select(n => new
                {
                    n.Part,
                    n.Blocks,
                    Why = mayKnow ? n.Why : "shown to whoever is logged in",
                    n.Since,
                }),
            },
            context.RequestAborted
        );
    }

    private static void AddLogs(ILoggingBuilder logs, LogStyle format)
    {
        logs.AddFilter("Microsoft", LogLevel.Warning);
        logs.AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Information);
        // The keys lie unencrypted in a folder of the server's own user; said once, in the runbook.
        logs.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);
        logs.AddFilter("Quartz", LogLevel.Warning);
        // Standard output is for what a command answers, of which --json promises that it is one document.
        logs.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        if (format == LogStyle.Json)
        {
            logs.AddJsonConsole(json =>
            {
                json.UseUtcTimestamp = true;
                json.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";
            });
        }
        else
        {
            logs.AddConsole(console => console.FormatterName = PlainLogFormatter.FormatterName);
            logs.AddConsoleFormatter<PlainLogFormatter, ConsoleFormatterOptions>();
        }
    }
}
