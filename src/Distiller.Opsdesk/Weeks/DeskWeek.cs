using System.Globalization;
using Distiller.Jobs.Scheduling.Store;
using Distiller.Opsdesk.Nights;

namespace Distiller.Opsdesk.Weeks;

/// <summary>
/// Days at the sample company, and the night after each, through the real scheduler. By day the expert works; at 22:00 the
/// window opens; at 02:30 the night is due and learns what that day's log shows; the tickets it is tried on are of the day
/// that then begins, under a handbook that has changed again. Hours in which nothing happens are skipped.
/// </summary>
public sealed class DeskWeek
{
    public const string Tenant = "opsdesk";
    public const string LogFolder = "logs";

    /// <summary>As crontab has it.</summary>
    public const string Due = "30 2 * * *";

    /// <summary>The window closes once so much of the training is done.</summary>
    private const double InterruptAt = 0.3;

    private static readonly TimeSpan WorkEnds = TimeSpan.FromHours(20);
    private static readonly TimeSpan NightIsDue = TimeSpan.FromHours(26.5);
    private static readonly TimeSpan WindowCloses = TimeSpan.FromHours(27);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(200);

    private static readonly string[] Stages =
    [
        "collect",
        "reduce",
        "mine",
        "distill",
        "shuffle",
        "control",
        "quantize",
        "evaluate",
        "control-quantize",
        "trial",
        "publish",
    ];

    private readonly DeskWeekOptions _options;
    private readonly Company _company;
    private readonly DeskLogs _logs;

    /// <param name="home">The server's.</param>
    public DeskWeek(DeskWeekOptions options, string home)
    {
        _options = options;
        Trial = options.Trial with
        {
            Drift = Changes(1),
            Days = 1,
            LaterDrifts = [.. Enumerable.Range(2, options.Nights - 1).Select(Changes)],
            EachNight = true,
        };
        _company = Trial.Generate();
        _logs = new DeskLogs(_company, Path.Combine(home, LogFolder));
    }

    public DeskTrial Trial { get; }

    /// <summary>When the first day's work is done.</summary>
    public DateTimeOffset Start => At(0, WorkEnds);

    /// <summary>A week that was killed goes on when it stopped.</summary>
    public async Task<JumpingTime> ClockAsync(RunStore store, CancellationToken cancellation)
    {
        await store.PrepareAsync(cancellation);
        var nights = await NightsAsync(store, cancellation);
        return new JumpingTime(nights.Select(r => r.Updated).Append(Start).Max());
    }

    /// <summary>Lives the days one by one. Nights that are over already are not lived again.</summary>
    public async Task LiveAsync(
        JumpingTime clock,
        RunStore store,
        IProgress<StageProgress>? progress,
        CancellationToken cancellation
    )
    {
        await ScheduledAsync(store, cancellation);
        for (var night = 1; night <= _options.Nights; night++)
        {
            if (await store.FindAsync(IdOf(night), cancellation) is not { IsOver: true })
            {
                _logs.WriteDay(night - 1, _options.Work.TicketsPerDay);
                clock.JumpTo(At(night - 1, NightIsDue));
                if (night == _options.InterruptedNight)
                {
                    await InterruptAsync(night, clock, store, progress, cancellation);
                }

                await UntilAsync(night, r => r.IsOver, clock, store, progress, cancellation);
            }

            progress?.Report(new StageProgress(NameOf(night), 1, 1, "over"));
        }
    }

    /// <summary>The nights that were lived, the first first.</summary>
    public async Task<IReadOnlyList<Run>> NightsAsync(RunStore store, CancellationToken cancellation)
    {
        var nights = new List<Run>();
        for (var night = 1; night <= _options.Nights; night++)
        {
            if (await store.FindAsync(IdOf(night), cancellation) is { } run)
            {
                nights.Add(run);
            }
        }

        return nights;
    }

    /// <summary>A night that is due before the scheduler knows of it is none.</summary>
    private static async Task ScheduledAsync(RunStore store, CancellationToken cancellation)
    {
        while ((await store.Tenants.ListAsync(cancellation)).All(t => t.Name != Tenant || t.NextDue is null))
        {
            await Task.Delay(LookEvery, cancellation);
        }

        await store.Tenants.HoldAsync(Tenant, held: false, cancellation);
    }

    /// <summary>Lets the window close in the middle of the training.</summary>
    private async Task InterruptAsync(
        int night,
        JumpingTime clock,
        RunStore store,
        IProgress<StageProgress>? progress,
        CancellationToken cancellation
    )
    {
        await UntilAsync(
            night,
            r => r.IsOver || (r.Stage == "distill" && r.Progress >= InterruptAt),
            clock,
            store,
            progress,
            cancellation
        );
        clock.JumpTo(At(night - 1, WindowCloses));
        await UntilAsync(night, r => r.IsOver || r.State == RunState.Paused, clock, store, progress, cancellation);
    }

    /// <summary>Looks until it is so. While the run waits for a later hour, that hour comes at once.</summary>
    private async Task UntilAsync(
        int night,
        Func<Run, bool> isSo,
        JumpingTime clock,
        RunStore store,
        IProgress<StageProgress>? progress,
        CancellationToken cancellation
    )
    {
        while (true)
        {
            if (await store.FindAsync(IdOf(night), cancellation) is { } run)
            {
                if (isSo(run))
                {
                    return;
                }

                if (run.State is RunState.Waiting or RunState.Paused or RunState.Retrying)
                {
                    clock.JumpTo(run.Due);
                }

                var stage = Math.Max(0, Array.IndexOf(Stages, run.Stage));
                progress?.Report(
                    new StageProgress(NameOf(night), stage + run.Progress, Stages.Length, $"{run.Stage} {run.Note}")
                );
            }

            await Task.Delay(LookEvery, cancellation);
        }
    }

    /// <summary>Rules that change before the tickets of a night's trial.</summary>
    private int Changes(int night) => night == _options.UpheavalNight ? _options.Upheaval : _options.Trial.Drift;

    private DateTimeOffset At(int day, TimeSpan time) => _company.Options.Start.AddDays(day) + time;

    private string IdOf(int night) =>
        RunCommands.NewRun(Tenant, DateOnly.FromDateTime(At(night, default).UtcDateTime), 1, "", default).Id;

    private string NameOf(int night) =>
        string.Create(CultureInfo.InvariantCulture, $"night {night} of {_options.Nights}");
}
