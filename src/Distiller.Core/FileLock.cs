namespace Distiller.Core;

/// <summary>
/// An advisory lock on a file, waited for and held for moments only. The system drops it with the process, however that
/// ends.
/// </summary>
public sealed class FileLock : IDisposable
{
    private const int PauseMilliseconds = 20;
    private static readonly TimeSpan WaitMax = TimeSpan.FromMinutes(1);

    private readonly FileStream _file;

    private FileLock(FileStream file) => _file = file;

    /// <summary>Waits for the lock, a minute at most.</summary>
    /// <param name="path">Is created where it is absent; the folder too.</param>
    /// <param name="holder">What else may hold it, for the error: <c>Another publish</c>.</param>
    /// <exception cref="BadInputException">It is still held after a minute, or the folder cannot be written to.</exception>
    public static FileLock Take(string path, string holder, TimeProvider time, CancellationToken cancellation = default)
    {
        var since = time.GetTimestamp();
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
                return new FileLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
            }
            catch (UnauthorizedAccessException e)
            {
                throw new BadInputException(
                    new SourceLocation(path, 0),
                    "The folder cannot be written to.",
                    "Change its permissions, or name another folder.",
                    e
                );
            }
            catch (IOException e)
                when (e is not (FileNotFoundException or DirectoryNotFoundException) && !DiskFull.IsNoSpace(e))
            {
                if (time.GetElapsedTime(since) > WaitMax)
                {
                    throw new BadInputException(
                        new SourceLocation(path, 0),
                        $"{holder} holds it.",
                        "Wait for it to end; the lock goes with its process.",
                        e
                    );
                }

                cancellation.WaitHandle.WaitOne(PauseMilliseconds);
            }
        }
    }

    public void Dispose() => _file.Dispose();
}
