namespace Distiller.Edge;

/// <summary>A file that appears under its name whole, with <see cref="Commit"/>, or not at all.</summary>
internal sealed class NewFile : IDisposable
{
    private readonly string _path;
    private readonly string _temporary;
    private bool _committed;

    public NewFile(string path)
    {
        _path = Path.GetFullPath(path);
        // In the same folder: a rename is atomic only within a file system.
        _temporary = $"{_path}.{Guid.NewGuid():N}.tmp";
        Stream = new FileStream(_temporary, FileMode.CreateNew, FileAccess.Write);
    }

    public FileStream Stream { get; }

    public void Commit()
    {
        Stream.Flush(flushToDisk: true);
        Stream.Dispose();
        File.Move(_temporary, _path, overwrite: true);
        _committed = true;
    }

    public void Dispose()
    {
        Stream.Dispose();
        if (!_committed)
        {
            File.Delete(_temporary);
        }
    }
}
