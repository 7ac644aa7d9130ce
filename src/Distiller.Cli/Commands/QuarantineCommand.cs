using System.CommandLine;
using Distiller.Cli.Terminal;
using Distiller.Lake;

namespace Distiller.Cli.Commands;

/// <summary><c>quarantine</c>: what could not be read, where, why, and what to do.</summary>
internal static class QuarantineCommand
{
    public static Command Create()
    {
        var home = CommonOptions.Home();
        var json = CommonOptions.Json();
        var command = new Command(
            "quarantine",
            "Lists the records that could not be read: file, line, reason and remedy."
        )
        {
            home,
            json,
        };
        command.SetAction(parsed =>
        {
            using var workspace = Workspace.OpenReadOnly(parsed.GetRequiredValue(home));
            new Output(parsed.GetValue(json)).Result(workspace.Quarantine.List().ToList(), Tables.Quarantined);
            return ExitCode.Done;
        });
        return command;
    }
}
