using System.CommandLine;
using Distiller.Cli.Serving;
using Distiller.Core;
using Distiller.Dashboard;
using Distiller.Dashboard.Alerts;
using Distiller.Jobs.Scheduling;
using Distiller.Jobs.Scheduling.Store;
using Distiller.Opsdesk.Nights;

namespace Distiller.Cli.Commands;

/// <summary><c>serve</c>: the scheduler and the dashboard.</summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        var home = CommonOptions.Home();
        var config = new Option<string?>("--config")
        {
            Description =
                $"The schedule. Default: {NightScheduleFile.Name} in --home; without one nothing is scheduled.",
            HelpName = "FILE",
        };
        var dashboard = new SettingOptions<DashboardOptions>(
            new DashboardOptions { Home = "" },
            "address",
            "port",
            "log"
        );
        var node = new Option<string>("--node")
        {
            Description = "This machine's name; no two of a cluster share one. Default: the host's.",
            DefaultValueFactory = _ => Environment.MachineName,
        };
        var machine = new SettingOptions<NodeOptions>(new NodeOptions { Name = "" }, "roles", "gpus", "dead-after");
        // Shorter only makes a busy machine look dead.
        machine["dead-after"].Hidden = true;
        var database = DatabaseOption.Create();
        var token = new Option<string?>("--token-file")
        {
            Description =
                "A file whose text whoever wants to see the dashboard must know; or $DISTILLER_TOKEN. Make one: openssl rand -hex 32.",
            HelpName = "FILE",
        };
        var command = new Command(
            "serve",
            """
            Runs the nights of nightly.yaml when they are due and their window is open, and shows them on a dashboard.
            Stopped, it lets a step under way write its checkpoint; started again, it goes on from there.
            """
        )
        {
            home,
            config,
            node,
            database,
            token,
        };
        dashboard.AddTo(command);
        machine.AddTo(command);
        command.SetAction(
            async (parsed, cancellation) =>
            {
                var root = Path.GetFullPath(parsed.GetRequiredValue(home));
                var time = TimeProvider.System;
                var schedule = ReadSchedule(parsed.GetValue(config), root, time);
                var options = dashboard.Read(parsed) with
                {
                    Home = root,
                    Token = AccessToken.Read(
                        parsed.GetValue(token),
                        Environment.GetEnvironmentVariable(AccessToken.Variable)
                    ),
                    Webhook = WebhookOptions.Read(Environment.GetEnvironmentVariable, schedule.Alerts),
                };
                var self = machine.Read(parsed) with { Name = parsed.GetRequiredValue(node) };
                using var runs = DatabaseOption.Of(parsed, database, root);
                using var alone = runs.IsPostgres
                    ? null
                    : ServerLock.Take(Path.Combine(root, DatabaseOption.ServerFolder), time);
                await using var server = new Server(options, self, schedule, runs, time);
                await server.StartAsync(cancellation);
                Say(server, schedule, runs);
                await server.WaitAsync(cancellation);
                return ExitCode.Done;
            }
        );
        return command;
    }

    private static void Say(Server server, NightSchedule schedule, RunDatabase runs)
    {
        foreach (var address in server.Addresses)
        {
            Console.Out.WriteLine($"dashboard: {address}");
        }

        Console.Out.WriteLine($"database:  {runs.Place}");
        foreach (var tenant in schedule.Tenants)
        {
            Console.Out.WriteLine($"night:     {UntrustedText.VisibleLines($"{tenant.Name}: {tenant.When}")}");
        }

        foreach (var warning in schedule.Warnings)
        {
            Console.Error.WriteLine($"warning:   {UntrustedText.VisibleLines(warning)}");
        }

        if (schedule.Tenants.Count == 0)
        {
            Console.Out.WriteLine($"no night:  there is no {NightScheduleFile.Name}; jobs/nightly.yaml shows its form");
        }
    }

    private static NightSchedule ReadSchedule(string? config, string root, TimeProvider time)
    {
        var path = config ?? Path.Combine(root, NightScheduleFile.Name);
        return config is null && !File.Exists(path)
            ? new NightSchedule([], null, [])
            : NightScheduleFile.Read(path, root, time, t => DeskTrial.Read(t));
    }
}
