using System.CommandLine;
using System.ComponentModel.DataAnnotations;
using System.Net;
using Distiller.Cli.Serving;
using Distiller.Cli.Settings;
using Distiller.Core;
using Distiller.Core.Settings;
using Distiller.Dashboard;
using Distiller.Dashboard.Access;
using Distiller.Dashboard.Alerts;
using Distiller.Dashboard.Telemetry;
using Distiller.Jobs.Scheduling;
using Distiller.Jobs.Scheduling.Store;
using Distiller.Opsdesk.Nights;
using Distiller.Reporting;

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
        var dashboard = new SettingOptions<DashboardOptions>(new DashboardOptions { Home = "" }, "port");
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
        var machine = new SettingOptions<NodeOptions>(new NodeOptions { Name = "" }, "gpus");
        var cluster = new SettingOptions<ClusterTimes>(new ClusterTimes());
        // Shorter only makes a busy machine look dead.
        cluster["dead-after"].Hidden = true;
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
            roles,
            node,
            database,
            token,
            log,
        };
        dashboard.AddTo(command);
        machine.AddTo(command);
        cluster.AddTo(command);
        command.SetAction(
            async (parsed, cancellation) =>
            {
                var root = Path.GetFullPath(parsed.GetRequiredValue(home));
                var time = TimeProvider.System;
                var schedule = ReadSchedule(parsed.GetValue(config), root, time);
                var options = dashboard.Read(parsed) with
                {
                    Home = root,
                    Address = parsed.GetRequiredValue(address),
                    Token = AccessToken.Read(
                        parsed.GetValue(token),
                        Environment.GetEnvironmentVariable(AccessToken.Variable)
                    ),
                    Logs = parsed.GetValue(log),
                    Webhook = Webhook(schedule.Alerts),
                };
                var self = machine.Read(parsed) with
                {
                    Name = parsed.GetRequiredValue(node),
                    Roles = Roles(parsed.GetRequiredValue(roles)),
                    DeadAfter = TimeSpan.FromSeconds(cluster.Read(parsed).DeadAfterSeconds),
                };
                using var runs = CommonOptions.DatabaseOf(parsed, database, root);
                using var alone = runs.IsPostgres
                    ? null
                    : ServerLock.Take(Path.Combine(root, CommonOptions.ServerFolder), time);
                await using var server = new Server(options, self, schedule, runs, time);
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
            SourceLocation.Option($"${WebhookOptions.Variable}")
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

    private sealed record ClusterTimes
    {
        [Setting(
            "dead-after",
            "Seconds after which a silent machine is taken for dead; the same on all machines of a cluster"
        )]
        [Range(3, 3600)]
        public int DeadAfterSeconds { get; init; } = (int)NodeOptions.DeadAfterByDefault.TotalSeconds;
    }
}
