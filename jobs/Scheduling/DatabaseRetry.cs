using System.Data.Common;
using System.Net.Sockets;
using Distiller.Core;
using Hangfire;
using Microsoft.Data.Sqlite;
using Quartz;

namespace Distiller.Jobs.Scheduling;

/// <summary>Tries until the database is there again, or it is told to give up.</summary>
internal sealed class DatabaseRetry : IDisposable
{
    private const int SqliteFull = 13;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _giveUp = new();

    public bool HasGivenUp => _giveUp.IsCancellationRequested;

    public Task GiveUpAsync() => _giveUp.CancelAsync();

    /// <exception cref="OperationCanceledException">It was told to give up.</exception>
    public async Task<T> UntilDoneAsync<T>(Func<Task<T>> work)
    {
        while (true)
        {
            try
            {
                return await work();
            }
            catch (Exception e) when (IsTransient(e))
            {
                await Task.Delay(Pause, _giveUp.Token);
            }
        }
    }

    /// <inheritdoc cref="UntilDoneAsync{T}"/>
    public Task UntilDoneAsync(Func<Task> work) =>
        UntilDoneAsync(async () =>
        {
            await work();
            return true;
        });

    public void Dispose() => _giveUp.Dispose();

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
    public static bool IsTransient(Exception fault) =>
        fault is DbException or SocketException or TimeoutException or IOException
        || (
            fault is SchedulerException or BackgroundJobClientException
            && fault.InnerException is { } inner
            && IsTransient(inner)
        );
}
