using Distiller.Dashboard.Access;
using Distiller.Dashboard.Alerts;
using Distiller.Dashboard.Telemetry;
using Distiller.Jobs.Scheduling.Store;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Distiller.Dashboard;

/// <summary>Composes the web server: pages, live progress, access, metrics, health.</summary>
public static class DashboardServer
{
    /// <param name="compose">
    /// What else runs in this process, for example the scheduler. It may add its own <see cref="HealthBoard"/>; else there
    /// is a new one to ask for.
    /// </param>
    /// <exception cref="Distiller.Core.BadInputException">The options would open the server to strangers, or cannot be used.</exception>
    public static WebApplication Build(
        DashboardOptions options,
        RunStore store,
        RunCommands commands,
        TimeProvider time,
        Action<WebApplicationBuilder>? compose = null
    )
    {
        var place = ListeningPlace.Of(options);

        // Empty: no setting in the environment or in a file of the working folder opens a further port or host.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "Distiller" });
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel => place.Listen(kestrel));
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(store);
        builder.Services.AddSingleton(commands);
        builder.Services.AddSingleton(time);
        builder.AddAccess(options, place);
        builder.AddTelemetry(options);
        builder.AddAlerts(options);
        builder.Services.AddDashboardPages();
        compose?.Invoke(builder);
        builder.Services.TryAddSingleton<HealthBoard>();

        var app = builder.Build();
        // Whatever is mapped below passes through access first: a page or a command cannot forget it.
        app.UseAccess();
        app.MapAccess();
        app.MapTelemetry();
        app.MapDashboardPages();
        return app;
    }
}
