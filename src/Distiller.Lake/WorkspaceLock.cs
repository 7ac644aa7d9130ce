using System.Diagnostics;
using System.Globalization;

namespace Distiller.Lake;

/// <summary>
/// An advisory lock (flock) on a workspace. The system drops it with the process, however that ends; who holds it is
/// written beside it, for the message to the second one.
/// </summary>
internal sealed class WorkspaceLock : IDisposable
{
    private const string HolderName = ".lock-holder";

    private readonly FileStream _file;
    private readonly string _holder;

    private WorkspaceLock(FileStream file, string holder)
    {
        _file = file;
        _holder = holder;
    }

    public static WorkspaceLock Take(string home) => TryTake(home) ?? throw InUse(home);

    /// <summary>Null where another process holds it.</summary>
    public static WorkspaceLock? TryTake(string home)
    {
        try
        {
            Directory.CreateDirectory(home);
            var path = Path.Combine(home, ".lock");
            var holder = Path.Combine(home, HolderName);
            FileStream file;
            try
            {
                file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException e) when (!DiskFull.IsNoSpace(e) && File.Exists(path))
            {
                return null;
            }

            try
            {
                File.WriteAllText(holder, Myself());
            }
            catch (IOException e) when (DiskFull.IsNoSpace(e))
            {
                // The name of the holder is for messages only, and on a full disk a process that frees space must get the lock.
            }
            catch
            {
                file.Dispose();
                throw;
            }

            return new WorkspaceLock(file, holder);
        }
        catch (Exception e) when (e is UnauthorizedAccessException || (e is IOException io && !DiskFull.IsNoSpace(io)))
        {
            throw new BadInputException(
                new SourceLocation(home, 0),
                $"The workspace cannot be used: {e.Message}",
                "Give another folder with --home, or change its permissions.",
                e
            );
        }
    }

    public void Dispose()
    {
        File.Delete(_holder);
        _file.Dispose();
    }

    private static string Myself()
    {
        using var me = Process.GetCurrentProcess();
        var started = me
            .StartTime.ToUniversalTime()
            .ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
        return $"process {me.Id} started {started}";
    }

    private static BadInputException InUse(string home)
    {
        var holder = Path.Combine(home, HolderName);
        var who = "another process";
        try
        {
            who = File.ReadAllText(holder);
        }
        catch (IOException)
        {
            // The holder is just starting or leaving; the message does without its name.
        }

        return new BadInputException(
            new SourceLocation(home, 0),
            $"The workspace is in use by {who}.",
            "Wait until it is done, or give another folder with --home."
        );
    }
}
