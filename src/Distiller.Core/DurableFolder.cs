using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Distiller.Core;

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
