using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Distiller.Registry;

/// <summary>Writes that survive a power cut: every file flushed, every folder flushed, then one rename.</summary>
internal static partial class DurableFolder
{
    private const int NotSupported = 22; // EINVAL: the file system flushes no folders.
    private const int ReadOnly = 0; // O_RDONLY, the same on every architecture

    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None);
        file.Write(content);
        file.Flush(flushToDisk: true);
    }

    public static void Copy(string source, string target)
    {
        using var input = new FileStream(source, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20);
        using var output = new FileStream(target, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 20);
        input.CopyTo(output, 1 << 20);
        output.Flush(flushToDisk: true);
    }

    public static ReleaseFile Describe(string folder, string path)
    {
        using var content = File.OpenRead(Path.Combine(folder, path));
        return new ReleaseFile(path, Convert.ToHexStringLower(SHA256.HashData(content)), content.Length);
    }

    public static void FlushTree(string folder)
    {
        foreach (var inner in Directory.EnumerateDirectories(folder))
        {
            FlushTree(inner);
        }

        Flush(folder);
    }

    /// <summary>Makes the names in a folder durable. .NET flushes files only.</summary>
    public static void Flush(string folder)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        using var handle = new SafeFileHandle(Open(folder, ReadOnly), ownsHandle: true);
        if (handle.IsInvalid || (Sync(handle) != 0 && Marshal.GetLastPInvokeError() != NotSupported))
        {
            throw new IOException($"{folder}: cannot be flushed (errno {Marshal.GetLastPInvokeError()}).");
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(SafeFileHandle file);
}
