using Distiller.Jobs.Scheduling.Store;

namespace Distiller.Dashboard.Layout;

internal static class CommandWords
{
    public static string Of(RunCommand command) =>
        command switch
        {
            RunCommand.Pause => "pause",
            RunCommand.Resume => "go on",
            RunCommand.Cancel => "end",
            RunCommand.Retry => "try again",
            _ => "do nothing",
        };

    /// <summary>On a button.</summary>
    public static string Button(RunCommand command) =>
        command switch
        {
            RunCommand.Pause => "Pause",
            RunCommand.Resume => "Go on",
            RunCommand.Cancel => "Cancel",
            _ => "Try again",
        };
}
