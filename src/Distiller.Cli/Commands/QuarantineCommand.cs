using System.CommandLine;
using Distiller.Cli.Terminal;
using Distiller.Lake;
using Distiller.Logs;
using Distiller.Scrubbing;

namespace Distiller.Cli.Commands;

/// <summary><c>quarantine</c>: what could not be read, where, why, and what to do; <c>retry</c> below it.</summary>
internal static class QuarantineCommand
{
    public static Command Create()
    {
        var home = CommonOptions.Home();
        var json = CommonOptions.Json();
        var command = new Command(
            "quarantine",
            """
            Lists the records that could not be read: file, line, reason and remedy. When a file was corrected:

              ./distiller quarantine retry FILE
            """
        )
        {
            home,
            json,
            QuarantineRetryCommand.Create(),
        };
        command.SetAction(parsed =>
        {
            using var workspace = Workspace.OpenReadOnly(parsed.GetRequiredValue(home));
            new Output(parsed.GetValue(json)).Result(workspace.Quarantine.List().ToList(), StageTables.Quarantined);
            return ExitCode.Done;
        });
        return command;
    }
}

/// <summary><c>quarantine retry [PATH...]</c>: reads files of quarantined records again.</summary>
internal static class QuarantineRetryCommand
{
    public static Command Create()
    {
        var logs = new LogPaths("Files as the quarantine names them; none for all.", required: false);
        var tenant = CollectCommand.Tenant();
        tenant.Description = "Whose episodes they are, for records that do not say it (of an earlier version).";
        var rules = CommonOptions.ScrubRules();
        var home = CommonOptions.Home();
        var json = CommonOptions.Json();
        var command = new Command(
            "retry",
            """
            Reads files of quarantined records again, whole. What can be read now becomes episodes and leaves the
            quarantine; the rest stays. Records of files that are gone stay too. Needs the workspace: not while a night runs.
            """
        );
        logs.AddTo(command);
        command.Options.Add(tenant);
        command.Options.Add(rules);
        command.Options.Add(home);
        command.Options.Add(json);
        command.SetAction(
            (parsed, cancellation) =>
            {
                using var workspace = Workspace.Open(parsed.GetRequiredValue(home));
                var report = ProgressBars.Run(progress =>
                    QuarantineRetry.Run(
                        workspace,
                        logs.Read(parsed),
                        new CollectOptions
                        {
                            Tenant = parsed.GetRequiredValue(tenant),
                            Rules = ScrubRules.With(parsed.GetValue(rules)),
                        },
                        progress,
                        cancellation
                    )
                );
                new Output(parsed.GetValue(json)).Result(report, KeepingTables.Retried);
                return Task.FromResult(ExitCode.Done);
            }
        );
        return command;
    }
}
