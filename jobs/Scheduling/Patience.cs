using System.Data.Common;
using System.Net.Sockets;
using Distiller.Core;
using Microsoft.Data.Sqlite;
using Quartz;

namespace Distiller.Jobs.Scheduling;

/// <summary>Tries until the database is there again.</summary>
/// <param name="giveUp">Ends the patience.</param>
internal sealed class Patience(CancellationToken giveUp)
{
    private const int SqliteFull = 13;

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

    /// <summary>What a fault that may pass says of the database, in words for a person.</summary>
    public static string Why(Exception fault, string place)
    {
        for (var e = fault; e is not null; e = e.InnerException)
        {
            if (e is SqliteException { SqliteErrorCode: SqliteFull } || (e is IOException io && DiskFull.IsNoSpace(io)))
            {
                return $"the disk of the database {place} is full";
            }
        }

        return $"the database {place} is away";
    }

    /// <summary>Whether the fault is the database's, and not the program's.</summary>
    public static bool MayPass(Exception fault) =>
        fault is DbException or SocketException or TimeoutException or IOException
        || (fault is SchedulerException { InnerException: { } inner } && MayPass(inner));
}
