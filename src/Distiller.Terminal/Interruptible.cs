using System.CommandLine;
using System.CommandLine.Invocation;

namespace Distiller.Terminal;

/// <summary>
/// An action on a thread of its own. System.CommandLine listens to SIGTERM and SIGINT only once an action has returned its
/// task: one that works until it is done would be ended by the system, without its token being cancelled.
/// </summary>
internal sealed class Interruptible(AsynchronousCommandLineAction action) : AsynchronousCommandLineAction
{
    public static void Wrap(Command command)
    {
        if (command.Action is AsynchronousCommandLineAction action and not Interruptible)
        {
            command.Action = new Interruptible(action);
        }

        foreach (var sub in command.Subcommands)
        {
            Wrap(sub);
        }
    }

    public override Task<int> InvokeAsync(ParseResult parseResult, CancellationToken cancellationToken = default) =>
        Task.Run(() => action.InvokeAsync(parseResult, cancellationToken), CancellationToken.None);
}
