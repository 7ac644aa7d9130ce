using System.CommandLine;
using Distiller.Cli.Terminal;
using Distiller.Jobs.Scheduling;
using Distiller.Opsdesk.Nights;

namespace Distiller.Cli.Commands;

/// <summary><c>schedule check</c>: what <c>nightly.yaml</c> means, before a server relies on it.</summary>
internal static class ScheduleCommand
{
    public static Command Create() => new("schedule", "The schedule of nights.") { Check() };

    private static Command Check()
    {
        var file = new Argument<string?>("file")
        {
            Description = $"The schedule. Default: {NightScheduleFile.Name} in the folder of --home.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var home = new Option<string?>("--home")
        {
            Description = "The server's folder, to which workspaces are relative. Default: the folder of the file.",
            HelpName = "DIR",
        };
        var json = CommonOptions.Json();
        var command = new Command(
            "check",
            """
            Reads a schedule as the server would, and tells each tenant's next five nights.
            Exit code 3 when the server would not take it.
            """
        )
        {
            file,
            home,
            json,
        };
        command.SetAction(parsed =>
        {
            var root = parsed.GetValue(home);
            var path =
                parsed.GetValue(file) ?? Path.Combine(root ?? CommonOptions.DefaultHome(), NightScheduleFile.Name);
            var time = TimeProvider.System;
            var folder = root ?? Path.GetDirectoryName(Path.GetFullPath(path))!;
            var schedule = NightScheduleFile.Read(path, folder, time, t => DeskTrial.Read(t));
            new Output(parsed.GetValue(json)).Result(
                CheckedSchedule.Of(path, schedule, time.GetUtcNow()),
                ScheduleTables.Checked
            );
            return ExitCode.Done;
        });
        return command;
    }
}

/// <summary>What <c>schedule check</c> found.</summary>
internal sealed record CheckedSchedule(
    string File,
    IReadOnlyList<CheckedTenant> Tenants,
    IReadOnlyList<string> Warnings
)
{
    private const int NightsShown = 5;

    public static CheckedSchedule Of(string file, NightSchedule schedule, DateTimeOffset now) =>
        new(
            file,
            [
                .. schedule.Tenants.Select(t => new CheckedTenant(
                    t.Name,
                    t.Home,
                    t.When,
                    t.Windows.ToString(),
                    [.. t.NightsAfter(now).Take(NightsShown)]
                )),
            ],
            schedule.Warnings
        );
}

/// <summary>A tenant of a schedule and its next nights.</summary>
/// <param name="Windows">In words; empty for always.</param>
internal sealed record CheckedTenant(
    string Name,
    string Home,
    string Schedule,
    string Windows,
    IReadOnlyList<PlannedNight> Nights
);
