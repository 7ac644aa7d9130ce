using Distiller.Cli.Commands;
using Distiller.Dashboard;
using Distiller.Jobs.Scheduling;
using Distiller.Runs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Distiller.Cli.Serving;

/// <summary>The scheduler and the dashboard in one process, over one database.</summary>
internal sealed class Server : IAsyncDisposable
{
    private readonly WebApplication _web;

    public Server(
        DashboardOptions options,
        NodeOptions machine,
        NightSchedule schedule,
        RunDatabase database,
        TimeProvider time
    )
    {
        var wake = new Wake();
        var health = new HealthBoard(time);
        Store = new RunStore(database, time);
        _web = DashboardServer.Build(
            options,
            Store,
            new RunDoor(Store, time, _ => wake.Call()),
            time,
            builder =>
            {
                builder.Services.AddSingleton(health);
                builder.Services.AddHostedService(services => new SchedulerNode(
                    machine,
                    schedule,
                    Store,
                    new StepProcess(StepCommand.Child),
                    time,
                    wake,
                    health,
                    services.GetRequiredService<ILoggerFactory>()
                ));
            }
        );
    }

    public RunStore Store { get; }

    /// <summary>Where the dashboard listens; known once it is started.</summary>
    public IReadOnlyCollection<string> Addresses =>
        [.. _web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses ?? []];

    public Task StartAsync(CancellationToken cancellation) => _web.StartAsync(cancellation);

    /// <summary>Until a signal asks the process to stop; steps under way leave at their checkpoints.</summary>
    public Task WaitAsync(CancellationToken cancellation) => _web.WaitForShutdownAsync(cancellation);

    public async ValueTask DisposeAsync()
    {
        await _web.StopAsync();
        await _web.DisposeAsync();
    }
}
