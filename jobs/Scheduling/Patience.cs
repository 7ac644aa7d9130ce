using System.Data.Common;
using System.Net.Sockets;
using Quartz;

namespace Distiller.Jobs.Scheduling;

/// <summary>Tries until the database is there again.</summary>
/// <param name="giveUp">Ends the patience.</param>
internal sealed class Patience(CancellationToken giveUp)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <exception cref="OperationCanceledException">It was told to give up.</exception>
    public async Task UntilDoneAsync(Func<Task> work)
    {
        while (true)
        {
            try
            {
                await work();
                return;
            }
            catch (Exception e) when (MayPass(e))
            {
                await Task.Delay(Pause, giveUp);
            }
        }
    }

    /// <summary>Whether the fault is the database's, and not the program's.</summary>
    public static bool MayPass(Exception fault) =>
        fault is DbException or SocketException or TimeoutException or IOException
        || (fault is SchedulerException { InnerException: { } inner } && MayPass(inner));
}
