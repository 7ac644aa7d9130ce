using System.CommandLine;
using Distiller.Cli.Terminal;
using Distiller.Lake;

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
