using Hangfire;
using Hangfire.Common;

namespace Distiller.Jobs.Scheduling;

/// <summary>Hangfire's workers of one machine: for each of its roles as many as it may carry out steps at once.</summary>
internal sealed class StepServers : IAsyncDisposable
{
    /// <summary>Quartz makes due whatever waits; Hangfire's own timer is not needed, and looks this rarely.</summary>
    private static readonly TimeSpan SchedulePoll = TimeSpan.FromHours(1);

    private static readonly TimeSpan LeaveMax = TimeSpan.FromSeconds(10);

    private readonly List<BackgroundJobServer> _servers = [];

    public StepServers(NodeOptions node, JobStorage storage, IJobFilterProvider filters, Func<NightStep> step)
    {
        foreach (var role in node.Roles)
        {
            _servers.Add(
                new BackgroundJobServer(
                    new BackgroundJobServerOptions
                    {
                        ServerName = $"{node.Name}:{role}",
                        Queues = [role],
                        WorkerCount = role == NodeOptions.Gpu ? node.Gpus : node.CpuSteps,
                        HeartbeatInterval = node.BeatEvery,
                        ServerCheckInterval = node.DeadAfter,
                        ServerTimeout = node.DeadAfter,
                        CancellationCheckInterval = node.LookEvery,
                        SchedulePollingInterval = SchedulePoll,
                        // Steps have left by then.
                        StopTimeout = TimeSpan.Zero,
                        ShutdownTimeout = LeaveMax,
                        FilterProvider = filters,
                        Activator = new Activator(step),
                    },
                    storage
                )
            );
        }
    }

    public async ValueTask DisposeAsync()
    {
        _servers.ForEach(s => s.SendStop());
        // It waits for its threads.
        await Task.Run(() => _servers.ForEach(s => s.Dispose()));
    }

    private sealed class Activator(Func<NightStep> step) : JobActivator
    {
        public override object ActivateJob(Type jobType) => step();
    }
}
