using System.CommandLine;

namespace Distiller.Cli.Commands;

/// <summary><c>opsdesk generate|show|run|night|week</c>: the sample company, for those who have no logs at hand.</summary>
internal static class OpsdeskCommand
{
    public static Command Create() =>
        new("opsdesk", "The sample company: an operations desk with a handbook, tickets and an expert.")
        {
            OpsdeskGenerateCommand.Create(),
            OpsdeskShowCommand.Create(),
            OpsdeskRunCommand.Create(),
            OpsdeskNightCommand.Create(),
            OpsdeskWeekCommand.Create(),
        };
}
