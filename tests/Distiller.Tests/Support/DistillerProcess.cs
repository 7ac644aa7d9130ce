using System.Diagnostics;

namespace Distiller.Tests.Support;

/// <summary>The real command line in a process of its own, as a user starts it.</summary>
internal sealed class DistillerProcess : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _error;

    private DistillerProcess(Process process)
    {
        _process = process;
        _output = process.StandardOutput.ReadToEndAsync();
        _error = process.StandardError.ReadToEndAsync();
    }

    /// <summary>How the command line is started, its output to be read by whoever starts it.</summary>
    public static ProcessStartInfo StartInfo(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            UseShellExecute = false,
        };
        start.Environment["OMP_WAIT_POLICY"] = "PASSIVE";
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "distiller.dll"));
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return start;
    }

    public static DistillerProcess Start(params string[] arguments)
    {
        var process = Process.Start(StartInfo(arguments))!;
        process.StandardInput.Close();
        return new DistillerProcess(process);
    }

    /// <summary>As of a user whose files everybody may read and write.</summary>
    public static CommandResult RunUnderOpenMask(params string[] arguments)
    {
        var start = StartInfo(arguments);
        var command = start.ArgumentList.Prepend(start.FileName).ToList();
        start.FileName = "/bin/sh";
        start.ArgumentList.Clear();
        foreach (var argument in (string[])["-c", "umask 000; exec \"$@\"", "sh", .. command])
        {
            start.ArgumentList.Add(argument);
        }

        var process = Process.Start(start)!;
        process.StandardInput.Close();
        using var started = new DistillerProcess(process);
        return started.Wait();
    }

    public static CommandResult Run(params string[] arguments)
    {
        using var process = Start(arguments);
        return process.Wait();
    }

    public int Id => _process.Id;

    /// <summary>kill -9.</summary>
    public void Kill() => _process.Kill(entireProcessTree: true);

    public bool HasExited => _process.HasExited;

    public CommandResult Wait()
    {
        _process.WaitForExit();
        return new CommandResult(_process.ExitCode, _output.Result, _error.Result);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            Kill();
        }

        _process.Dispose();
    }
}
