using System.Diagnostics;

namespace Distiller.Tests.Cluster;

/// <summary>A server in a process of its own.</summary>
internal sealed class ClusterNode : IDisposable
{
    private const string Told = "dashboard: ";

    private readonly Process _process;
    private readonly Task<string> _errors;
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ClusterNode(string name, ProcessStartInfo start)
    {
        Name = name;
        _process = Process.Start(start)!;
        _errors = _process.StandardError.ReadToEndAsync();
        Output = ReadAsync();
    }

    public string Name { get; }

    public Task<string> Output { get; }

    /// <summary>Where its dashboard is.</summary>
    public Task<Uri> AddressAsync => _address.Task;

    public bool HasExited => _process.HasExited;

    /// <summary>kill -9 of the server alone: what it started has to find out by itself.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    /// <summary>What it said, for the message of a test that failed.</summary>
    public async Task<string> SaidAsync() => $"{Name}: {await Output}\n{await _errors}";

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            Kill();
        }

        _process.Dispose();
    }

    private async Task<string> ReadAsync()
    {
        var lines = new List<string>();
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            lines.Add(line);
            if (line.StartsWith(Told, StringComparison.Ordinal))
            {
                _address.TrySetResult(new Uri(line[Told.Length..].Trim()));
            }
        }

        _address.TrySetException(new InvalidOperationException("It ended before it listened."));
        return string.Join('\n', lines);
    }
}
