using System.CommandLine;
using System.CommandLine.Invocation;

namespace Distiller.Terminal;

/// <summary>
/// An action on a thread of its own. System.CommandLine listens to SIGTERM and SIGINT only once an action has returned its
/// task: one that works until it is done would be ended by the system, without its token being cancelled.
/// </summary>
internal sealed class Interruptible(AsynchronousCommandLineAction action) : AsynchronousCommandLineAction
{
    private static int s_running;

    /// <summary>
    /// Whether an action still runs: after a SIGTERM the command line stops waiting for one that does not leave in time, as in the
    /// middle of a long pass of native code.
    /// </summary>
    public static bool IsRunning => Volatile.Read(ref s_running) > 0;

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
        Task.Run(
            async () =>
            {
                Interlocked.Increment(ref s_running);
                try
                {
                    return await action.InvokeAsync(parseResult, cancellationToken);
                }
                finally
                {
                    Interlocked.Decrement(ref s_running);
                }
            },
            CancellationToken.None
        );
}
