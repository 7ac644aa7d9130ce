using System.CommandLine;
using Distiller.Cli.Serving;
using Distiller.Cli.Terminal;
using Distiller.Dashboard;
using Distiller.Dashboard.Telemetry;
using Distiller.Evaluation;
using Distiller.Jobs.Scheduling;
using Distiller.Jobs.Scheduling.Store;
using Distiller.Opsdesk.Weeks;

namespace Distiller.Cli.Commands;

/// <summary><c>opsdesk week</c>: nights of the sample company, one after the other, through the scheduler.</summary>
internal static class OpsdeskWeekCommand
{
    public static Command Create()
    {
        var home = CommonOptions.Home();
        var json = CommonOptions.Json();
        var week = new SettingOptions<DeskWeekOptions>(
            new DeskWeekOptions { Settings = DeskWeekOptions.SettingsOf(ShippedFile.Find(ShippedFile.TinyBase)) },
            "nights",
            "company",
            "tickets-per-day",
            "test-tickets",
            "margin",
            "max-train-tokens",
            "threads"
        );
        var dashboard = new SettingOptions<DashboardOptions>(new DashboardOptions { Home = "" }, "port");
        var stay = new Option<bool>("--stay")
        {
            Description = "Leave the dashboard up when the week is over, until Ctrl+C.",
        };
        var command = new Command(
            "week",
            """
            Nights of the sample company through the real scheduler, with a clock that skips the hours between: the expert
            works by day; by night its log is distilled and tried on the next day's tickets, under a handbook that drifts.
            Before the fourth night's tickets a third of the handbook changes, which no adapter can know and the router serves
            from the document; the sixth night is interrupted because its window closes. The dashboard shows it all meanwhile, and afterwards with: serve --home DIR.
            Killed, the same command goes on from there.
            """
        )
        {
            stay,
            home,
            json,
        };
        week.AddTo(command);
        dashboard.AddTo(command);
        command.SetAction(
            async (parsed, cancellation) =>
            {
                var root = Path.GetFullPath(parsed.GetRequiredValue(home));
                var options = week.Read(parsed);
                using var alone = ServerLock.Take(Path.Combine(root, DatabaseOption.ServerFolder), TimeProvider.System);
                using var runs = RunDatabase.Sqlite(Path.Combine(root, DatabaseOption.ServerFolder, "distiller.db"));
                var days = new DeskWeek(options, root);
                var clock = await days.ClockAsync(new RunStore(runs, TimeProvider.System), cancellation);
                var schedule = NightScheduleFile.Read(DeskWeekSchedule.Write(root, options, days.Trial), root, clock);
                await using var server = new Server(
                    dashboard.Read(parsed) with
                    {
                        Home = root,
                        Logs = LogStyle.Plain,
                    },
                    new NodeOptions { Name = Environment.MachineName },
                    schedule,
                    runs,
                    clock
                );
                await server.StartAsync(cancellation);
                await Console.Error.WriteLineAsync($"dashboard: {string.Join(", ", server.Addresses)}");
                await ProgressBars.RunAsync(progress => days.LiveAsync(clock, server.Store, progress, cancellation));

                // A server over this home by the true clock is to show the week, and not to begin another night.
                await server.Store.Tenants.HoldAsync(DeskWeek.Tenant, held: true, cancellation);
                var lived = new List<WeekNight>();
                foreach (var run in await days.NightsAsync(server.Store, cancellation))
                {
                    lived.Add(WeekNight.Of(run, await server.Store.Stages.ListAsync(run.Id, cancellation)));
                }

                new Output(parsed.GetValue(json)).Result(new WeekResult(lived, root), WeekTables.Lived);
                if (parsed.GetValue(stay))
                {
                    await server.WaitAsync(cancellation);
                }

                return lived.All(r => r.State == RunState.Finished) ? ExitCode.Done : ExitCode.Failed;
            }
        );
        return command;
    }
}

/// <summary>The document of <c>opsdesk week --json</c>.</summary>
/// <param name="Home">Where the dashboard shows it: <c>serve --home</c>.</param>
internal sealed record WeekResult(IReadOnlyList<WeekNight> Nights, string Home);

/// <summary>One night of a week.</summary>
/// <param name="State">As <c>jobs list</c> has it.</param>
/// <param name="Visits">Times the training was begun: more than one where the window closed on it.</param>
/// <param name="Before">The arm with the handbook in its prompt (A1).</param>
/// <param name="After">The arm with the INT4 adapter (A3).</param>
/// <param name="Routed">The adapter with its router: retrieval for what a changed entry touches.</param>
internal sealed record WeekNight(
    string Run,
    DateOnly Night,
    RunState State,
    string Reason,
    int Visits,
    bool Published,
    string? Verdict,
    IReadOnlyList<string> GateReasons,
    RunArmFigures? Before,
    RunArmFigures? After,
    RunArmFigures? Routed
)
{
    public static WeekNight Of(Run run, IReadOnlyList<RunStage> stages) =>
        new(
            run.Id,
            run.Night,
            run.State,
            run.Reason,
            stages.FirstOrDefault(s => s.Name == "distill")?.Visits ?? 0,
            run.Figures?.Published ?? false,
            run.Figures?.Verdict,
            run.Figures?.GateReasons ?? [],
            ArmOf(run, TrialArm.VerboseContext),
            ArmOf(run, TrialArm.AdapterInt4),
            ArmOf(run, TrialArm.Router)
        );

    private static RunArmFigures? ArmOf(Run run, string code) => run.Figures?.Arms.FirstOrDefault(a => a.Arm == code);
}
