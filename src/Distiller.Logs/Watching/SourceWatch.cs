using System.ComponentModel.DataAnnotations;
using Distiller.Core.Settings;

namespace Distiller.Logs.Watching;

/// <summary>
/// Waits until something changed below some paths, or an interval has passed: the system's notices are quick but may be lost,
/// and some file systems give none.
/// </summary>
public sealed class SourceWatch : IDisposable
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(300);

    private readonly List<FileSystemWatcher> _watchers = [];
    private readonly SemaphoreSlim _changed = new(0);
    private readonly TimeSpan _interval;

    public SourceWatch(IEnumerable<string> paths, WatchOptions options)
    {
        OptionsCheck.Require(options);
        _interval = options.Interval;
        foreach (var path in paths)
        {
            Watch(path);
        }
    }

    /// <summary>Many changes that follow each other quickly are waited for together, but no longer than the interval.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public void Wait(CancellationToken cancellation)
    {
        if (!_changed.Wait(_interval, cancellation))
        {
            return;
        }

        for (var waited = TimeSpan.Zero; waited < _interval; waited += Quiet)
        {
            cancellation.ThrowIfCancellationRequested();
            if (!_changed.Wait(Quiet, cancellation))
            {
                break;
            }
        }

        while (_changed.Wait(0, CancellationToken.None)) { }
    }

    public void Dispose()
    {
        foreach (var watcher in _watchers)
        {
            watcher.Dispose();
        }

        _changed.Dispose();
    }

    private void Watch(string path)
    {
        var isFolder = Directory.Exists(path);
        var folder = isFolder ? path : Path.GetDirectoryName(Path.GetFullPath(path));
        if (!Directory.Exists(folder))
        {
            return;
        }

        FileSystemWatcher? watcher = null;
        try
        {
            watcher = new FileSystemWatcher(folder)
            {
                IncludeSubdirectories = isFolder,
                NotifyFilter =
                    NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.Size | NotifyFilters.LastWrite,
            };
            watcher.Changed += (_, _) => Notice();
            watcher.Created += (_, _) => Notice();
            watcher.Renamed += (_, _) => Notice();
            watcher.Error += (_, _) => Notice();
            watcher.EnableRaisingEvents = true;
            _watchers.Add(watcher);
        }
        catch (Exception e) when (e is IOException or ArgumentException or UnauthorizedAccessException)
        {
            watcher?.Dispose(); // The system gives no more notices; the interval remains.
        }
    }

    private void Notice()
    {
        try
        {
            if (_changed.CurrentCount == 0)
            {
                _changed.Release();
            }
        }
        catch (ObjectDisposedException)
        {
            return; // A last notice while it is being closed.
        }
    }
}

/// <summary>How paths are watched.</summary>
public sealed record WatchOptions
{
    [Setting(
        "interval",
        "With --watch: how long to wait for a notice of the system before looking again, as 30s or 5m"
    )]
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(30);
}
