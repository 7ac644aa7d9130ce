using System.Diagnostics;

namespace Distiller.Tests.Dashboard;

/// <summary><c>distiller serve</c> in a process of its own, as an operator starts it.</summary>
internal sealed class ServerProcess : IDisposable
{
    private const string AddressMark = "dashboard: ";

    private readonly Process _process;
    private readonly Task<string> _error;
    private Task<string> _output = Task.FromResult("");

    private ServerProcess(Process process)
    {
        _process = process;
        _error = process.StandardError.ReadToEndAsync();
    }

    public string Address { get; private set; } = "";

    public static async Task<ServerProcess> StartAsync(string home, string tokenFile)
    {
        var start = DistillerProcess.StartInfo("serve", "--home", home, "--port", "0", "--token-file", tokenFile);
        start.Environment.Remove("DISTILLER_DATABASE");
        start.Environment.Remove("DISTILLER_TOKEN");
        var server = new ServerProcess(Process.Start(start)!);
        while (await server._process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.StartsWith(AddressMark, StringComparison.Ordinal))
            {
                server.Address = line[AddressMark.Length..];
                server._output = server._process.StandardOutput.ReadToEndAsync();
                return server;
            }
        }

        throw new AssertionException($"It ended without an address: {await server._error}");
    }

    /// <summary>SIGTERM, and what it left behind.</summary>
    public async Task<CommandResult> StopAsync()
    {
        Signals.Terminate(_process.Id);
        await _process.WaitForExitAsync();
        return new CommandResult(_process.ExitCode, await _output, await _error);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }
}
