using System.Diagnostics;

namespace Distiller.Tests.Storing;

/// <summary>A mounted tmpfs of a few MiB.</summary>
internal sealed class SmallDisk : IDisposable
{
    public SmallDisk(string path, int mebibytes)
    {
        Path = path;
        Directory.CreateDirectory(path);
        if (Run("mount", "-t", "tmpfs", "-o", $"size={mebibytes}m", "tmpfs", path) != 0)
        {
            Assert.Ignore("A small tmpfs cannot be mounted here (needs root).");
        }
    }

    public string Path { get; }

    public void Dispose() => Run("umount", Path);

    private static int Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(
                new ProcessStartInfo(program, arguments) { RedirectStandardError = true, UseShellExecute = false }
            )!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return -1;
        }
    }
}
