using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Distiller.Core;

/// <summary>
/// Files that appear whole or not at all, whatever ends the process: written beside their place, flushed to the disk,
/// renamed. A full disk is told as <see cref="BadInputException"/>.
/// </summary>
public static class AtomicFile
{
    /// <summary>How the names of unfinished files end; one that is still there was left by a killed process.</summary>
    public const string UnfinishedSuffix = ".writing";

    private const int BufferBytes = 1 << 16;

    /// <summary>Lets <paramref name="write"/> fill the file.</summary>
    public static void Write(string path, Action<Stream> write) =>
        WriteByName(
            path,
            temporary =>
            {
                using var stream = new FileStream(
                    temporary,
                    FileMode.CreateNew,
                    FileAccess.Write,
                    FileShare.None,
                    BufferBytes
                );
                write(stream);
                return true;
            }
        );

    /// <summary>Lets <paramref name="write"/>, which opens its file itself, make it under a temporary name in the same folder.</summary>
    public static T WriteByName<T>(string path, Func<string, T> write) =>
        DiskFull.Guard(
            path,
            () =>
            {
                // In the same folder: a rename is atomic only within a file system.
                var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
                Directory.CreateDirectory(folder);
                var temporary = $"{path}.{Guid.NewGuid():N}{UnfinishedSuffix}";
                try
                {
                    var result = write(temporary);
                    Flush(temporary);
                    File.Move(temporary, path, overwrite: true);
                    DurableFolder.Flush(folder);
                    return result;
                }
                finally
                {
                    File.Delete(temporary);
                }
            }
        );

    public static void WriteAllBytes(string path, byte[] bytes) => Write(path, stream => stream.Write(bytes));

    /// <summary>Waits until a file's bytes lie on the disk.</summary>
    public static void Flush(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        file.Flush(flushToDisk: true);
    }

    /// <summary>Whether a path names, or lies in, something that was never finished.</summary>
    public static bool IsUnfinished(string relativePath) =>
        relativePath
            .Split(Path.DirectorySeparatorChar)
            .Any(part => part.EndsWith(UnfinishedSuffix, StringComparison.Ordinal));
}

/// <summary>Makes the names in a folder survive a power cut. .NET flushes files only.</summary>
public static partial class DurableFolder
{
    private const int NotSupported = 22; // EINVAL: the file system flushes no folders.
    private const int ReadOnly = 0; // O_RDONLY, the same on every architecture

    /// <summary>Waits until a folder's entries lie on the disk.</summary>
    public static void Flush(string folder)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        using var handle = new SafeFileHandle(Open(folder, ReadOnly), ownsHandle: true);
        if (handle.IsInvalid || Sync(handle) != 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (handle.IsInvalid || error != NotSupported)
            {
                throw new IOException($"{folder}: the folder cannot be flushed (errno {error}).", error);
            }
        }
    }

    /// <summary>The same for all folders in it, and last for itself.</summary>
    public static void FlushTree(string folder)
    {
        foreach (var inner in Directory.EnumerateDirectories(folder))
        {
            FlushTree(inner);
        }

        Flush(folder);
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(SafeFileHandle file);
}
