using System.Globalization;
using Distiller.Core;

namespace Distiller.Jobs.Scheduling;

/// <summary>
/// One server at a time over a SQLite database. The system drops the lock with the process, however that ends; who holds it
/// is written beside it, for the message to the second one.
/// </summary>
public sealed class ServerLock : IDisposable
{
    private readonly FileStream _file;
    private readonly string _holder;

    private ServerLock(FileStream file, string holder) => (_file, _holder) = (file, holder);

    /// <param name="folder">Of the database.</param>
    /// <exception cref="BadInputException">Another server holds it, or the folder cannot be written.</exception>
    public static ServerLock Take(string folder, TimeProvider time)
    {
        var holder = Path.Combine(folder, "server");
        try
        {
            Directory.CreateDirectory(folder);
            var path = Path.Combine(folder, "server.lock");
            FileStream file;
            try
            {
                file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException e) when (!DiskFull.IsNoSpace(e) && File.Exists(path))
            {
                throw new BadInputException(
                    new SourceLocation(folder, 0),
                    $"A server is at work here already: {Holder(holder)}.",
                    "Use that one, stop it first, or give another folder with --home. Several servers share work through PostgreSQL (--database).",
                    e
                );
            }

            var since = time.GetUtcNow().ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
            File.WriteAllText(holder, $"process {Environment.ProcessId}, since {since}");
            return new ServerLock(file, holder);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw new BadInputException(
                new SourceLocation(folder, 0),
                $"The server's folder cannot be used: {e.Message}",
                "Give another folder with --home, change its permissions, or free some space.",
                e
            );
        }
    }

    public void Dispose()
    {
        File.Delete(_holder);
        _file.Dispose();
    }

    private static string Holder(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return "a process that is just starting or leaving";
        }
    }
}
