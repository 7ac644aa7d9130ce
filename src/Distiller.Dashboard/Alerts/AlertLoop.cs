using System.Diagnostics;
using Distiller.Dashboard.Telemetry;
using Distiller.Jobs.Scheduling.Store;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Distiller.Dashboard.Alerts;

/// <summary>Looks at the store again and again and tells the receiver what went wrong, until it has received it.</summary>
internal sealed class AlertLoop(
    WebhookOptions options,
    Webhook webhook,
    RunStore store,
    HealthBoard health,
    TimeProvider time,
    ILogger<AlertLoop> log
) : BackgroundService
{
    private const string Part = "webhook";
    private const int DeliveriesMax = 50;
    private static readonly TimeSpan WaitMin = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan WaitMax = TimeSpan.FromHours(1);
    private static readonly ActivitySource Activities = new(MeterNames.Distiller);

    // Longer than all tries of one delivery take.
    private readonly TimeSpan _lease = ((options.Timeout + options.RetryDelay) * 8) + WaitMin;
    private readonly AlertLedger _ledger = new(store.Database, time);
    private readonly AlertRules _rules = new(store, time, options);

    /// <summary>Writes down what is new and delivers what is due.</summary>
    public async Task PassAsync(CancellationToken cancellation)
    {
        foreach (var alert in await _rules.FindAsync(cancellation))
        {
            if (await _ledger.AddAsync(alert.Occurrence, alert.KindWord, alert.ToJson(), cancellation))
            {
                log.LogInformation("Alert {Kind} for {Subject}", alert.KindWord, alert.Subject);
            }
        }

        for (var n = 0; n < DeliveriesMax && await _ledger.TakeAsync(_lease, cancellation) is { } pending; n++)
        {
            if (!await DeliverAsync(pending, cancellation))
            {
                // The others wait for the receiver too; each has its own time to be tried again.
                return;
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var clock = new PeriodicTimer(options.Every);
        try
        {
            do
            {
                try
                {
                    await PassAsync(stoppingToken);
                }
                catch (Exception e) when (!stoppingToken.IsCancellationRequested)
                {
                    log.LogWarning("Alerts cannot be looked for: {Reason}", e.Message);
                }
            } while (await clock.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What was not delivered is in the ledger.
        }
    }

    private async Task<bool> DeliverAsync(PendingAlert pending, CancellationToken cancellation)
    {
        using var activity = Activities.StartActivity("deliver alert", ActivityKind.Client);
        activity?.SetTag("distiller.subject", pending.Subject).SetTag("distiller.kind", pending.Kind);
        var fault = await webhook.PostAsync($"{pending.Subject}/{pending.Kind}", pending.Body, cancellation);
        if (fault is null)
        {
            await _ledger.DeliveredAsync(pending, cancellation);
            health.Well(Part);
            return true;
        }

        var wait = WaitMin * Math.Pow(2, Math.Min(pending.Tries - 1, 10));
        wait = wait < WaitMax ? wait : WaitMax;
        await _ledger.PutOffAsync(pending, wait, cancellation);
        activity?.SetStatus(ActivityStatusCode.Error, fault);
        health.Degraded(Part, $"{options} does not take alerts: {fault}");
        log.LogWarning(
            "Alert {Kind} for {Subject} was not delivered to {Receiver}: {Reason}; tried again in {Wait}",
            pending.Kind,
            pending.Subject,
            options,
            fault,
            wait
        );
        return false;
    }
}

/// <summary>Alerts run where somebody is to be told.</summary>
internal static class AlertComposition
{
    public static void AddAlerts(this WebApplicationBuilder builder, DashboardOptions options)
    {
        if (options.Webhook is { } webhook)
        {
            builder.Services.AddSingleton(webhook);
            builder.Services.AddSingleton<Webhook>();
            builder.Services.AddHostedService<AlertLoop>();
        }
    }
}
