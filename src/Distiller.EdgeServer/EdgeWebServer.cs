using Distiller.Edge.Serving;
using Distiller.EdgeServer.Drift;
using Distiller.EdgeServer.Escalation;
using Distiller.EdgeServer.OpenAi;
using Distiller.EdgeServer.Recording;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Distiller.EdgeServer;

/// <summary>Composes the edge's web server: OpenAI's API over an <see cref="EdgeHost"/>, access, metrics, health.</summary>
public static class EdgeWebServer
{
    public const string HealthPath = "/healthz";
    private const string MetricsPath = "/metrics";
    private const int ConnectionsMax = 1_000;
    private static readonly TimeSpan s_headersTimeMax = TimeSpan.FromSeconds(15);

    /// <param name="host">Not disposed of by the server.</param>
    /// <exception cref="Core.BadInputException">The options would open the server to strangers.</exception>
    public static WebApplication Build(EdgeServerOptions options, EdgeHost host)
    {
        var address = options.Listen();
        var recorder = options.Record.Folder is null
            ? null
            : new EpisodeRecorder(options.Record, options.Time, options.Tell);
        // Empty: no setting in the environment or in a file of the working folder opens a further port or host.
        var builder = WebApplication.CreateEmptyBuilder(
            new WebApplicationOptions { ApplicationName = "Distiller edge" }
        );
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(address, options.Port);
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = options.BodyBytesMax;
            kestrel.Limits.MaxConcurrentConnections = ConnectionsMax;
            kestrel.Limits.RequestHeadersTimeout = s_headersTimeMax;
        });
        builder.Services.AddRoutingCore();
        builder.Services.Configure<HostOptions>(h =>
            h.ShutdownTimeout =
                (host.CanChat ? host.Engine.Options.StopWithin : TimeSpan.Zero) + TimeSpan.FromSeconds(5)
        );
        builder.Services.AddSingleton(host);
        builder.Services.AddSingleton(options);
        builder.Services.AddHostedService(services => new HomeWatch(
            host,
            options.LookEvery,
            services.GetRequiredService<IHostApplicationLifetime>()
        ));
        if (recorder is not null)
        {
            // By a factory, so that it is disposed of with the server.
            builder.Services.AddSingleton(_ => recorder);
        }

        AddTelemetry(builder);
        var app = builder.Build();
        app.UseExceptionHandler(
            new ExceptionHandlerOptions { ExceptionHandler = TellErrorAsync, AllowStatusCode404Response = true }
        );
        app.UseMiddleware<AccessGuard>();
        app.UseRouting();
        if (recorder is not null)
        {
            // The container closes at the end only what it has handed out.
            _ = app.Services.GetRequiredService<EpisodeRecorder>();
        }

        Map(app, host, Client(options, host), recorder);
        return app;
    }

    private static IChatClient Client(EdgeServerOptions options, EdgeHost host)
    {
        var own = host.CreateChatClient();
        var client = options.Escalation.Address is null
            ? own
            : new EscalatingChatClient(
                own,
                host,
                EscalatingChatClient.Larger(options.Escalation, host.Engine.Options.TimeMax),
                options.Escalation,
                options.Tell
            );
        // Outermost: what the document answers is the base's answer, which no release's classifier judges.
        client = options.DocumentPath is { } path
            ? new DriftChatClient(client, host, new CurrentDocument(path, options.Tell))
            : client;
        return new ChatClientBuilder(client).UseOpenTelemetry(sourceName: EngineCounters.MeterName).Build();
    }

    private static void Map(WebApplication app, EdgeHost host, IChatClient client, EpisodeRecorder? recorder)
    {
        var models = new ModelEndpoints(host);
        app.MapPost("/v1/chat/completions", new ChatEndpoint(client, recorder).HandleAsync);
        app.MapPost("/v1/outcomes", new OutcomeEndpoint(recorder).HandleAsync);
        app.MapPost("/v1/embeddings", models.EmbedAsync);
        app.MapGet("/v1/models", models.List);
        app.MapGet("/v1/models/{*id}", models.Find);
        app.MapGet(HealthPath, () => "ok\n");
        app.MapPrometheusScrapingEndpoint(MetricsPath);
        app.MapFallback(context =>
            ApiError
                .Of(
                    StatusCodes.Status404NotFound,
                    $"There is no {context.Request.Method} {context.Request.Path} here.",
                    "not_found"
                )
                .WriteAsync(context)
        );
    }

    private static void AddTelemetry(WebApplicationBuilder builder)
    {
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        // What is wrong is answered to whoever asked; the middleware would log it once more, as if it were ours.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Diagnostics.ExceptionHandlerMiddleware", LogLevel.None);
        builder.Logging.Services.Configure<ConsoleLoggerOptions>(c => c.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Logging.AddSimpleConsole(c => c.SingleLine = true);
        var telemetry = builder
            .Services.AddOpenTelemetry()
            .ConfigureResource(r => r.AddService("distiller-edge", serviceInstanceId: Environment.MachineName))
            .WithMetrics(m =>
                m.AddMeter(EngineCounters.MeterName)
                    .AddPrometheusExporter(p =>
                    {
                        p.ScrapeResponseCacheDurationMilliseconds = 0;
                        p.ScopeInfoEnabled = false;
                        p.TargetInfoEnabled = false;
                    })
            );
        if (Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT") is { Length: > 0 })
        {
            telemetry
                .WithMetrics(m => m.AddOtlpExporter())
                .WithTracing(t => t.AddSource(EngineCounters.MeterName).AddOtlpExporter());
        }
    }

    private static Task TellErrorAsync(HttpContext context)
    {
        var error = context.Features.Get<IExceptionHandlerFeature>()?.Error;
        if (error is OperationCanceledException)
        {
            // Nobody is there to read it.
            context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            return Task.CompletedTask;
        }

        if (error is not null && ApiError.Of(error) is { } told)
        {
            return told.WriteAsync(context);
        }

        context
            .RequestServices.GetRequiredService<ILoggerFactory>()
            .CreateLogger("Distiller.Edge")
            .LogError(error, "A request failed");
        return ApiError
            .Of(StatusCodes.Status500InternalServerError, "Something went wrong; the server's log says what.")
            .WriteAsync(context);
    }

    /// <summary>Follows the home, so that a new release is ready before it is asked for, and stops the engine in order.</summary>
    private sealed class HomeWatch(EdgeHost host, TimeSpan every, IHostApplicationLifetime lifetime) : BackgroundService
    {
        private Task _stopped = Task.CompletedTask;

        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            lifetime.ApplicationStopping.Register(() => _stopped = Task.Run(host.Stop, CancellationToken.None));
            using var timer = new PeriodicTimer(every);
            try
            {
                while (await timer.WaitForNextTickAsync(stoppingToken))
                {
                    await Task.Run(host.Refresh, stoppingToken);
                }
            }
            catch (OperationCanceledException)
            {
                // The server stops.
            }
        }

        public override async Task StopAsync(CancellationToken cancellationToken)
        {
            await base.StopAsync(cancellationToken);
            await _stopped;
        }
    }
}
