namespace Distiller.Tests.Support;

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

    private string Ballast => System.IO.Path.Combine(Path, "ballast");

    /// <summary>Takes all the room that is left.</summary>
    public void Fill()
    {
        using var file = File.Create(Ballast, bufferSize: 0);
        var block = new byte[4096];
        try
        {
            while (true)
            {
                file.Write(block);
            }
        }
        catch (IOException)
        {
            // Full: that is what was wanted.
            return;
        }
    }

    public void MakeRoom() => File.Delete(Ballast);

    public void Dispose() => Run("umount", Path);

    private static int Run(string program, params string[] arguments)
    {
        try
        {
            return CliWrap
                .Cli.Wrap(program)
                .WithArguments(arguments)
                .WithValidation(CliWrap.CommandResultValidation.None)
                .ExecuteAsync()
                .GetAwaiter()
                .GetResult()
                .ExitCode;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return -1;
        }
    }
}
