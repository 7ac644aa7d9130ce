using Distiller.Dashboard.Access;
using Hangfire;
using Hangfire.Dashboard;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Distiller.Dashboard.Console;

/// <summary>
/// Hangfire's own console over the jobs that carry out the nights' steps. It only shows: its buttons would move jobs past
/// the runs' rows. Access and limits for browsers are those of every other page.
/// </summary>
internal static class HangfireConsole
{
    public const string Path = "/hangfire";

    /// <summary>The console's icons are a font of its own.</summary>
    private const string ContentPolicy = SecurityHeaders.ContentPolicy + "; font-src 'self'";

    /// <summary>Whether this server has one: only a server that carries out nights does.</summary>
    public static bool IsThere(IServiceProvider services) => services.GetService<JobStorage>() is not null;

    public static void Map(WebApplication app)
    {
        if (app.Services.GetService<JobStorage>() is not { } storage)
        {
            return;
        }

        var options = new Hangfire.DashboardOptions
        {
            AppPath = "/jobs",
            DashboardTitle = "Distiller jobs",
            // The gate before all pages has asked for the token, and for that of a form.
            Authorization = [],
            IsReadOnlyFunc = _ => true,
            DisplayStorageConnectionString = false,
        };
        app.Map(
            Path,
            console =>
                console.Use(next =>
                {
                    var pages = new AspNetCoreDashboardMiddleware(
                        next,
                        storage,
                        options,
                        DashboardRoutes.Routes,
                        finalizeWhenNotFound: true
                    );
                    return http =>
                    {
                        http.Response.Headers.ContentSecurityPolicy = ContentPolicy;
                        return pages.Invoke(http);
                    };
                })
        );
    }
}
