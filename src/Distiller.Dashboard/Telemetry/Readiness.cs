using Distiller.Jobs.Scheduling.Store;

namespace Distiller.Dashboard.Telemetry;

/// <summary>Looks whether the server can do its work: the database answers, the disk has room, no part blocks.</summary>
internal sealed class Readiness(DashboardOptions options, RunStore store, HealthBoard health) : IDisposable
{
    private const long DiskFreeBytesMin = 256L << 20;
    private const string Database = "database";
    private const string Disk = "disk";

    // Anybody may ask, as often as they like; the database is asked at most so often.
    private static readonly TimeSpan FreshFor = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan DatabaseTimeMax = TimeSpan.FromSeconds(3);

    private readonly SemaphoreSlim _one = new(1);
    private long _lookedAt;

    /// <summary>What is not well; the server is ready unless one of them blocks.</summary>
    public async Task<IReadOnlyList<HealthNote>> LookAsync(CancellationToken cancellation)
    {
        await _one.WaitAsync(cancellation);
        try
        {
            if (_lookedAt == 0 || TimeProvider.System.GetElapsedTime(_lookedAt) > FreshFor)
            {
                await LookAtDatabaseAsync(cancellation);
                LookAtDisk();
                _lookedAt = TimeProvider.System.GetTimestamp();
            }
        }
        finally
        {
            _one.Release();
        }

        return health.Notes;
    }

    public void Dispose() => _one.Dispose();

    private async Task LookAtDatabaseAsync(CancellationToken cancellation)
    {
        try
        {
            // Not the connection's own time-out, which is made for work that matters more than an answer at once.
            await store.Tenants.ListAsync(cancellation).WaitAsync(DatabaseTimeMax, cancellation);
            health.Well(Database);
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            health.NotReady(Database, $"{store.Database.Place} does not answer: {e.Message}");
        }
    }

    private void LookAtDisk()
    {
        try
        {
            var free = new DriveInfo(Path.GetFullPath(options.Home)).AvailableFreeSpace;
            if (free < DiskFreeBytesMin)
            {
                health.NotReady(
                    Disk,
                    $"{options.Home} has {free >> 20} MiB left; {DiskFreeBytesMin >> 20} MiB are needed."
                );
            }
            else
            {
                health.Well(Disk);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            health.NotReady(Disk, $"{options.Home} cannot be reached: {e.Message}");
        }
    }
}
