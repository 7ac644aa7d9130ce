using System.Globalization;

namespace Distiller.Jobs.Scheduling.Store;

/// <summary>
/// How people command runs: a command is written into the run's row, and the machine that carries out the run obeys. Works
/// the same from the dashboard and the command line, on any machine of a cluster.
/// </summary>
/// <param name="newRun">Called with the id of every run that may begin at once, so that a scheduler in this process does not wait for its next sweep.</param>
public sealed class RunCommands(RunStore store, TimeProvider time, Action<string>? newRun = null)
{
    /// <summary>Asks for a night now. Where the window is closed it waits for the next one.</summary>
    /// <exception cref="RunCommandException">There is no such tenant, or its last night is not over: a night never overlaps itself.</exception>
    public async Task<Run> RunNowAsync(string tenant, string by, CancellationToken cancellation = default)
    {
        var known =
            (await store.Tenants.ListAsync(cancellation)).FirstOrDefault(t => t.Name == tenant)
            ?? throw new RunCommandException($"There is no tenant '{tenant}'.", "Name one that the schedule has.");
        var now = time.GetUtcNow();
        var zone = TimeZoneInfo.FindSystemTimeZoneById(known.TimeZone);
        var night = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, zone).DateTime);
        for (var n = 1; ; n++)
        {
            // Checked again for each number: whoever has taken the one before may have a night that is not over.
            await RefuseSecondAsync(tenant, cancellation);
            var run = NewRun(tenant, night, n, by, now);
            if (await store.AddAsync(run, cancellation))
            {
                newRun?.Invoke(run.Id);
                return run;
            }
        }
    }

    /// <summary>The run of a day; <paramref name="n"/> is 1 for the scheduled one.</summary>
    public static Run NewRun(string tenant, DateOnly night, int n, string by, DateTimeOffset due) =>
        new()
        {
            Id = $"{tenant}-{night.ToString("yyyyMMdd", CultureInfo.InvariantCulture)}{(n == 1 ? "" : $"-{n}")}",
            Tenant = tenant,
            Night = night,
            State = RunState.Waiting,
            Reason = "due; waiting for a machine",
            Step = RunStep.Prepare,
            AskedBy = by,
            Due = due,
        };

    /// <summary>Commands a run to pause, resume, be cancelled or tried again.</summary>
    /// <exception cref="RunCommandException">There is no such run, or its state does not allow it.</exception>
    public async Task<Run> SubmitAsync(
        string id,
        RunCommand command,
        string by,
        CancellationToken cancellation = default
    )
    {
        var run =
            await store.FindAsync(id, cancellation)
            ?? throw new RunCommandException($"There is no run '{id}'.", "See the list of jobs.");
        if (!Allowed(run, command))
        {
            throw Refusal(run, command);
        }

        var changed = await store.ChangeAsync(
            id,
            r => Allowed(r, command) ? r with { Command = command, CommandBy = by } : null,
            cancellation
        );
        if (changed is null)
        {
            // Its state changed between the two reads.
            throw Refusal(await store.FindAsync(id, cancellation) ?? run, command);
        }

        await store.Log.AddAsync(id, "info", $"{by} asks to {Verb(command)}", cancellation);
        newRun?.Invoke(id);
        return changed;
    }

    /// <summary>Whether a command makes sense in the state the run is in.</summary>
    public static bool Allowed(Run run, RunCommand command) =>
        command switch
        {
            RunCommand.Pause => run.State is RunState.Waiting or RunState.Running or RunState.Retrying,
            RunCommand.Resume => run.State is RunState.Paused,
            RunCommand.Cancel => !run.IsOver,
            RunCommand.Retry => run.State is RunState.Failed or RunState.Cancelled or RunState.Retrying,
            _ => false,
        };

    private static RunCommandException Refusal(Run run, RunCommand command) =>
        new(
            $"Run {run.Id} is {run.State.ToString().ToLowerInvariant()} ({run.Reason}); it cannot {Verb(command)}.",
            "Look at the run's page for what can be done now."
        );

    private async Task RefuseSecondAsync(string tenant, CancellationToken cancellation)
    {
        var active = await store.ListAsync(
            new RunQuery(tenant, 1, 0, RunState.Waiting, RunState.Running, RunState.Paused, RunState.Retrying),
            cancellation
        );
        if (active.Count > 0)
        {
            throw new RunCommandException(
                $"The night {active[0].Id} of {tenant} is not over ({active[0].State}: {active[0].Reason}).",
                "Wait for it, resume it or cancel it first: a night never overlaps itself."
            );
        }
    }

    private static string Verb(RunCommand command) =>
        command switch
        {
            RunCommand.Pause => "pause",
            RunCommand.Resume => "go on",
            RunCommand.Cancel => "be cancelled",
            RunCommand.Retry => "be tried again",
            _ => "do nothing",
        };
}

/// <summary>What a person asks of a run. The machine that carries it out obeys within seconds.</summary>
public enum RunCommand
{
    None,
    Pause,
    Resume,
    Cancel,
    Retry,
}

/// <summary>A command that cannot be carried out, with the reason and the remedy in words.</summary>
public sealed class RunCommandException(string reason, string remedy) : Exception(reason)
{
    public string Remedy { get; } = remedy;
}
