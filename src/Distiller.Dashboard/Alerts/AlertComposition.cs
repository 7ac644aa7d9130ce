using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Distiller.Dashboard.Alerts;

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
