using System.Runtime.InteropServices;

namespace Distiller.Core;

/// <summary>
/// What the program writes (logs of conversations, databases, adapters) is its user's alone. On Windows a folder's own
/// rights decide, and nothing here does anything.
/// </summary>
public static partial class PrivateFiles
{
    private const UnixFileMode Others =
        UnixFileMode.GroupRead
        | UnixFileMode.GroupWrite
        | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead
        | UnixFileMode.OtherWrite
        | UnixFileMode.OtherExecute;

    /// <summary>What a workspace and a server's folder hold. Only these are touched: a home may hold other things too.</summary>
    private static readonly HashSet<string> Names = new(StringComparer.Ordinal)
    {
        ".lock",
        ".lock-holder",
        ".pattern-reviews.lock",
        ".serve",
        ".spill",
        "adapters",
        "artifacts",
        "edge.json",
        "episodes",
        "frozen",
        "inbox",
        "incoming",
        "keys",
        "pattern-reviews.json",
        "pins",
        "quarantine",
        "registries",
        "releases",
        "tenants",
    };

    /// <summary>From now on no file or folder that this process makes, by whichever library, can be opened by another user.</summary>
    public static void Begin()
    {
        if (!OperatingSystem.IsWindows())
        {
            _ = SetMask((uint)Others);
        }
    }

    /// <summary>
    /// Takes from other users what an earlier version, under a wider umask, left them of a workspace: its files and
    /// folders, and the folder itself where nothing else lies in it.
    /// </summary>
    public static void Narrow(string home)
    {
        if (OperatingSystem.IsWindows() || !Directory.Exists(home))
        {
            return;
        }

        try
        {
            var entries = Directory.GetFileSystemEntries(home);
            foreach (var entry in entries.Where(IsOurs))
            {
                NarrowTree(entry);
            }

            if (entries.Length > 0 && Array.TrueForAll(entries, IsOurs))
            {
                NarrowOne(home);
            }
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            // Another user's workspace, or one that a writer changes at this moment: its owner's next command does it.
        }
    }

    private static bool IsOurs(string entry) => Names.Contains(Path.GetFileName(entry));

    /// <summary>A folder that was closed already closes what is in it.</summary>
    private static void NarrowTree(string path)
    {
        if (NarrowOne(path) && Directory.Exists(path))
        {
            foreach (var entry in Directory.EnumerateFileSystemEntries(path).ToList())
            {
                NarrowTree(entry);
            }
        }
    }

    /// <returns>Whether others had any right.</returns>
    private static bool NarrowOne(string path)
    {
        if (OperatingSystem.IsWindows() || new FileInfo(path).LinkTarget is not null)
        {
            return false;
        }

        var mode = File.GetUnixFileMode(path);
        if ((mode & Others) == UnixFileMode.None)
        {
            return false;
        }

        File.SetUnixFileMode(path, mode & ~Others);
        return true;
    }

    [LibraryImport("libc", EntryPoint = "umask")]
    private static partial uint SetMask(uint mask);
}
