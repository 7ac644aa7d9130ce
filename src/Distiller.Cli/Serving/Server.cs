using System.Data.Common;
using Distiller.Cli.Commands;
using Distiller.Dashboard;
using Distiller.Jobs.Scheduling;
using Distiller.Jobs.Scheduling.Store;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using JobStorage = Hangfire.JobStorage;

namespace Distiller.Cli.Serving;

/// <summary>The scheduler and the dashboard in one process, over one database.</summary>
internal sealed class Server : IAsyncDisposable
{
    private readonly WebApplication _web;
    private readonly JobStorage _jobs;

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
        _jobs = StepStorage.Open(database, machine.DeadAfter);
        _web = DashboardServer.Build(
            options,
            Store,
            new RunCommands(Store, time, _ => wake.Call()),
            time,
            builder =>
            {
                builder.Services.AddSingleton(health);
                // Not made by the container, which would dispose of it before the scheduler has stopped.
                builder.Services.AddSingleton(_jobs);
                builder.Services.AddHostedService(services => new SchedulerNode(
                    machine,
                    schedule,
                    Store,
                    new StepProcess(StepCommand.Child),
                    time,
                    wake,
                    health,
                    services.GetRequiredService<ILoggerFactory>(),
                    _jobs
                ));
            }
        );
    }

    public RunStore Store { get; }

    /// <summary>Where the dashboard listens; known once it is started.</summary>
    public IReadOnlyCollection<string> Addresses =>
        [.. _web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses ?? []];

    /// <summary>Makes the tables first, where the database is there; else the scheduler does when it comes.</summary>
    /// <exception cref="Core.BadInputException">The database is damaged, or of a newer program.</exception>
    public async Task StartAsync(CancellationToken cancellation)
    {
        try
        {
            await Store.PrepareAsync(cancellation);
        }
        catch (DbException)
        {
            // The scheduler says so.
        }

        await _web.StartAsync(cancellation);
    }

    /// <summary>Until a signal asks the process to stop; steps under way leave at their checkpoints.</summary>
    public Task WaitAsync(CancellationToken cancellation) => _web.WaitForShutdownAsync(cancellation);

    public async ValueTask DisposeAsync()
    {
        await _web.StopAsync();
        await _web.DisposeAsync();
        (_jobs as IDisposable)?.Dispose();
    }
}
