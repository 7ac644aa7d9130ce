using System.Net;
using Distiller.Runs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Distiller.Dashboard;

/// <summary>Composes the web server: pages, live progress, access, metrics, health.</summary>
public static class DashboardServer
{
    /// <param name="compose">What else runs in this process, for example the scheduler.</param>
    public static WebApplication Build(
        DashboardOptions options,
        RunStore store,
        RunDoor door,
        TimeProvider time,
        Action<WebApplicationBuilder>? compose = null
    )
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Parse(options.Address), options.Port));
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(store);
        builder.Services.AddSingleton(door);
        builder.Services.AddSingleton(time);
        compose?.Invoke(builder);
        return builder.Build();
    }
}
