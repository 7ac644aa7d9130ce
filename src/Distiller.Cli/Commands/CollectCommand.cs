using System.CommandLine;
using Distiller.Cli.Terminal;
using Distiller.Jobs.Stages;
using Distiller.Lake;

namespace Distiller.Cli.Commands;

/// <summary><c>collect PATH...</c>: raw logs into the workspace.</summary>
internal static class CollectCommand
{
    public static Command Create()
    {
        var paths = new Argument<string[]>("path")
        {
            Description =
                "Log files or folders: tau-bench results, Claude Code sessions, terminal-bench trials, Distiller episodes. The format is told from the content.",
            Arity = ArgumentArity.OneOrMore,
        };
        var tenant = Tenant();
        var home = CommonOptions.Home();
        var json = CommonOptions.Json();
        var command = new Command(
            "collect",
            "Reads agents' logs, scrubs secrets, and stores each episode once. What cannot be read goes to quarantine."
        )
        {
            paths,
            tenant,
            home,
            json,
        };
        command.SetAction(
            (parsed, cancellation) =>
            {
                using var workspace = Workspace.Open(parsed.GetRequiredValue(home));
                var report = ProgressBars.Run(progress =>
                    new CollectStage(workspace, progress).Run(
                        parsed.GetRequiredValue(paths),
                        parsed.GetRequiredValue(tenant),
                        cancellation
                    )
                );
                new Output(parsed.GetValue(json)).Result(report, Tables.Collected);
                return Task.FromResult(ExitCode.Done);
            }
        );
        return command;
    }

    public static Option<string> Tenant() =>
        new("--tenant")
        {
            Description = "Whose episodes these are.",
            HelpName = "NAME",
            DefaultValueFactory = _ => "default",
        };
}
