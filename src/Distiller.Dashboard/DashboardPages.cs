using Distiller.Dashboard.Commands;
using Distiller.Dashboard.Console;
using Distiller.Dashboard.Layout;
using Distiller.Dashboard.Live;
using Distiller.Dashboard.Reading;
using Distiller.Dashboard.Traces;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Distiller.Dashboard;

/// <summary>The pages for people: server-rendered, with live parts for those who run scripts.</summary>
public static class DashboardPages
{
    public static IServiceCollection AddDashboardPages(this IServiceCollection services)
    {
        services.AddRazorComponents();
        services.AddAntiforgery();
        services.AddHttpContextAccessor();
        services.AddScoped<TenantScope>();
        services.AddSingleton<ContentCache>();
        services.AddSingleton<TenantFolder>();
        services.AddSingleton<LiveFeed>();
        services.AddHostedService(s => s.GetRequiredService<LiveFeed>());
        return services;
    }

    public static void MapDashboardPages(this WebApplication app)
    {
        app.Use(next => http => Faults.TellAsync(http, next));
        HangfireConsole.Map(app);
        StaticFile.Map(app);
        LiveEndpoint.Map(app);
        ReportEndpoints.Map(app);
        RegistryEndpoints.Map(app);
        CommandEndpoints.Map(app);
        TraceEndpoint.Map(app);

        // Pages are read only; the gate asks every command for its token.
        app.MapRazorComponents<App>().DisableAntiforgery();
        app.MapFallback((HttpContext http) => Faults.NotFound(http));
    }
}
