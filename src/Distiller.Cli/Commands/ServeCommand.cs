using System.CommandLine;
using System.Net;
using Distiller.Cli.Desk;
using Distiller.Cli.Serving;
using Distiller.Core;
using Distiller.Dashboard;
using Distiller.Dashboard.Access;
using Distiller.Dashboard.Alerts;
using Distiller.Dashboard.Telemetry;
using Distiller.Jobs.Scheduling;
using Distiller.Reporting;
using Distiller.Runs;

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
        var address = new Option<string>("--address")
        {
            Description = "The IP address to listen at. Any but loopback needs --token-file.",
            DefaultValueFactory = _ => IPAddress.Loopback.ToString(),
        };
        address.Validators.Add(result =>
        {
            if (!IPAddress.TryParse(result.GetValueOrDefault<string>(), out _))
            {
                result.AddError("--address must be an IP address, such as 127.0.0.1 or 0.0.0.0.");
            }
        });
        var port = OpsdeskOptions.Ranged("--port", "The port to listen at; 0 takes a free one", 5080, 0, 65535);
        var roles = new Option<string>("--roles")
        {
            Description = "What this machine does: cpu (collect, mine, evaluate), gpu (distill), or both.",
            DefaultValueFactory = _ => $"{NodeOptions.Cpu},{NodeOptions.Gpu}",
        };
        roles.Validators.Add(result =>
        {
            var given = Roles(result.GetValueOrDefault<string>());
            if (given.Length == 0 || given.Except([NodeOptions.Cpu, NodeOptions.Gpu], StringComparer.Ordinal).Any())
            {
                result.AddError("--roles must be cpu, gpu or cpu,gpu.");
            }
        });
        var node = new Option<string>("--node")
        {
            Description = "This machine's name; no two of a cluster share one. Default: the host's.",
            DefaultValueFactory = _ => Environment.MachineName,
        };
        var gpus = OpsdeskOptions.Ranged("--gpus", "Trainings at once, each with a GPU for itself", 1, 1, 64);
        var deadAfter = OpsdeskOptions.Ranged(
            "--dead-after",
            "Seconds after which a silent machine is taken for dead; the same on all machines of a cluster",
            30,
            3,
            3600
        );
        // Shorter only makes a busy machine look dead.
        deadAfter.Hidden = true;
        var database = CommonOptions.Database();
        var token = new Option<string?>("--token-file")
        {
            Description =
                "A file whose text whoever wants to see the dashboard must know; or $DISTILLER_TOKEN. Make one: openssl rand -hex 32.",
            HelpName = "FILE",
        };
        var log = new Option<LogStyle>("--log")
        {
            Description = "How the log is written: plain, or json for machines.",
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
            address,
            port,
            roles,
            node,
            gpus,
            deadAfter,
            database,
            token,
            log,
        };
        command.SetAction(
            async (parsed, cancellation) =>
            {
                var root = Path.GetFullPath(parsed.GetRequiredValue(home));
                var time = TimeProvider.System;
                var schedule = ReadSchedule(parsed.GetValue(config), root, time);
                var options = new DashboardOptions
                {
                    Home = root,
                    Address = parsed.GetRequiredValue(address),
                    Port = parsed.GetValue(port),
                    Token = AccessToken.Read(
                        parsed.GetValue(token),
                        Environment.GetEnvironmentVariable(AccessToken.Variable)
                    ),
                    Logs = parsed.GetValue(log),
                    Webhook = Webhook(schedule.Alerts),
                };
                var machine = new NodeOptions
                {
                    Name = parsed.GetRequiredValue(node),
                    Roles = Roles(parsed.GetRequiredValue(roles)),
                    Gpus = parsed.GetValue(gpus),
                    DeadAfter = TimeSpan.FromSeconds(parsed.GetValue(deadAfter)),
                };
                using var runs = CommonOptions.DatabaseOf(parsed, database, root);
                using var alone = runs.IsPostgres
                    ? null
                    : ServerLock.Take(Path.Combine(root, CommonOptions.ServerFolder), time);
                await using var server = new Server(options, machine, schedule, runs, time);
                await server.StartAsync(cancellation);
                Say(server, schedule, runs);
                await server.WaitAsync(cancellation);
                return ExitCode.Done;
            }
        );
        return command;
    }

    private static WebhookOptions? Webhook(AlertSettings? alerts)
    {
        var configured = Environment.GetEnvironmentVariable(WebhookOptions.Variable);
        var secret = Environment.GetEnvironmentVariable(WebhookOptions.SecretVariable);
        var webhook = WebhookOptions.Read(
            configured is { Length: > 0 } ? configured : alerts?.Webhook.OriginalString,
            secret,
            new SourceLocation($"${WebhookOptions.Variable}", 0)
        );
        return alerts is null || webhook is null
            ? webhook
            : webhook with
            {
                OnFailure = alerts.OnFailure,
                OnGate = alerts.OnGate,
            };
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

    private static string[] Roles(string? given) =>
        [
            .. (given ?? "")
                .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Distinct(StringComparer.Ordinal),
        ];
}
