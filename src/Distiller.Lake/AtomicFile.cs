using System.Runtime.InteropServices;

namespace Distiller.Lake;

/// <summary>Files that appear whole or not at all: written beside their place, flushed to the disk, renamed.</summary>
public static partial class AtomicFile
{
    private const string Suffix = ".writing";

    /// <summary>Calls <paramref name="write"/> with a temporary path in the same folder, then renames it.</summary>
    public static T Write<T>(string path, Func<string, T> write)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        Directory.CreateDirectory(folder);
        var temporary = $"{path}.{Environment.ProcessId}{Suffix}";
        try
        {
            var result = write(temporary);
            Flush(temporary);
            File.Move(temporary, path, overwrite: true);
            FlushFolder(folder);
            return result;
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    public static void WriteAllBytes(string path, ReadOnlySpan<byte> bytes)
    {
        var copy = bytes.ToArray();
        Write(
            path,
            temporary =>
            {
                File.WriteAllBytes(temporary, copy);
                return true;
            }
        );
    }

    /// <summary>Waits until a file's bytes lie on the disk.</summary>
    public static void Flush(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        file.Flush(flushToDisk: true);
    }

    /// <summary>Waits until a folder's entries lie on the disk, so that a rename survives a power cut.</summary>
    public static void FlushFolder(string folder)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        const int readOnly = 0;
        var descriptor = Open(folder, readOnly);
        if (descriptor < 0)
        {
            throw new IOException($"{folder}: the folder cannot be opened.", Marshal.GetLastPInvokeError());
        }

        var failed = Sync(descriptor) != 0 ? Marshal.GetLastPInvokeError() : 0;
        _ = Close(descriptor);
        const int notSupported = 22; // EINVAL: the file system has no such thing.
        if (failed != 0 && failed != notSupported)
        {
            throw new IOException($"{folder}: the folder cannot be flushed.", failed);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
