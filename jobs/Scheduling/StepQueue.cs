using System.Reflection;
using Distiller.Jobs.Scheduling.Store;
using Hangfire;
using Hangfire.Common;
using Hangfire.States;
using Hangfire.Storage;

namespace Distiller.Jobs.Scheduling;

/// <summary>
/// Hangfire's jobs, one for each step of a run, in a queue for each role. Hangfire delivers at least once and decides
/// nothing: which job may begin a step stands in the run's row (<see cref="Run.Job"/>).
/// </summary>
internal sealed class StepQueue
{
    private static readonly MethodInfo Method = typeof(NightStep).GetMethod(nameof(NightStep.RunAsync))!;

    /// <summary>A failed step is tried again by its run, never by Hangfire. The history is what the console's graph shows.</summary>
    private static readonly JobFilterCollection Filters = NewFilters();

    /// <summary>A step is begun within moments of its job, unless the database is away.</summary>
    private static readonly TimeSpan AbandonedAfter = TimeSpan.FromMinutes(1);

    private readonly JobStorage _storage;
    private readonly BackgroundJobClient _client;

    public StepQueue(JobStorage storage)
    {
        _storage = storage;
        _client = new BackgroundJobClient(storage, Filters);
    }

    /// <summary>Adds the job of a run's step. It waits, for the run's reason, until it is enqueued.</summary>
    /// <returns>Its id.</returns>
    public string Add(Run run) =>
        _client.Create(
            new Job(typeof(NightStep), Method, [run.Id, Words(run.Step), null], NodeOptions.RoleOf(run.Step)),
            new ScheduledState(run.Due.UtcDateTime) { Reason = run.Reason }
        );

    /// <summary>The state of a run's job.</summary>
    /// <returns>
    /// Null: it has none, or nobody will carry it out any more: Hangfire does not know it, as after a restart that lost its
    /// memory, or a worker took it long ago and never began the step.
    /// </returns>
    public string? StateOf(Run run)
    {
        if (run.Job is not { } id)
        {
            return null;
        }

        try
        {
            using var connection = _storage.GetConnection();
            return
                connection.GetJobData(id) is not { Job.Args: [string of, ..] } data
                || of != run.Id
                || (run.State is not RunState.Running && IsAbandoned(connection, id, data))
                ? null
                : data.State;
        }
        catch (FormatException)
        {
            return null; // The id is of the other kind of storage.
        }
    }

    /// <summary>A machine of the step's role may begin it.</summary>
    public void Enqueue(string job, RunStep step, string reason) =>
        Move(job, new EnqueuedState(NodeOptions.RoleOf(step)) { Reason = reason }, ScheduledState.StateName);

    /// <param name="from">Null: from whatever state it is in.</param>
    public void Move(string job, IState state, string? from = null)
    {
        try
        {
            _client.ChangeState(job, state, from);
        }
        catch (BackgroundJobClientException e) when (e.InnerException is FormatException)
        {
            // The id is of the other kind of storage.
        }
    }

    /// <summary>Begins to carry out jobs of this machine's roles.</summary>
    public StepServers Serve(NodeOptions node, Func<NightStep> step) => new(node, _storage, Filters, step);

    private static bool IsAbandoned(IStorageConnection connection, string id, JobData data) =>
        data.State == ProcessingState.StateName
        && connection.GetStateData(id) is { } state
        && state.Data.TryGetValue("StartedAt", out var at)
        && DateTime.UtcNow - JobHelper.DeserializeDateTime(at) > AbandonedAfter;

    /// <summary>As the console names the step.</summary>
    public static string Words(RunStep step) => step.ToString().ToLowerInvariant();

    private static JobFilterCollection NewFilters() =>
        new()
        {
            new AutomaticRetryAttribute { Attempts = 0, LogEvents = false },
            new StatisticsHistoryAttribute(),
        };
}
