using System.Collections.Concurrent;

namespace Distiller.Dashboard.Reading;

/// <summary>What was read of files that never change: artifacts are named by their content's recipe.</summary>
internal sealed class ContentCache
{
    private const int EntriesMax = 64;
    private readonly ConcurrentDictionary<string, Lazy<object>> _entries = new(StringComparer.Ordinal);

    /// <param name="path">Of a file of an artifact, in full.</param>
    public T Get<T>(string path, Func<string, T> read)
        where T : class
    {
        if (_entries.Count >= EntriesMax)
        {
            // Rare, and cheaper than an order of use: what is still looked at is read once more.
            _entries.Clear();
        }

        var entry = _entries.GetOrAdd(path, p => new Lazy<object>(() => read(p)));
        try
        {
            return (T)entry.Value;
        }
        catch
        {
            // What could not be read may have been repaired by the next look.
            _entries.TryRemove(path, out _);
            throw;
        }
    }
}
