using System.Text.Json;

namespace Distiller.Logs.Reading;

/// <summary>A file that is one JSON value, as one record.</summary>
internal sealed class DocumentReader(Stream stream, int bytesMax) : IRecordReader
{
    private readonly RecordWindow _window = new(stream, bytesMax);
    private bool _read;

    public string RecordNoun => "file";

    public bool Next(out RawRecord record)
    {
        record = default;
        if (_read)
        {
            return false;
        }

        _read = true;
        _window.Begin();
        if (_window.Ahead.StartsWith("\uFEFF"u8))
        {
            _window.Advance(3);
            _window.Begin();
        }

        for (var ahead = _window.Ahead; !ahead.IsEmpty; ahead = _window.Ahead)
        {
            _window.Advance(ahead.Length);
        }

        record = _window.Take(number: 1);
        return record.Length > 0;
    }

    /// <summary>Nothing to learn: there is one record.</summary>
    public void Learn(JsonElement record) { }

    /// <summary>Nothing to do: nothing follows.</summary>
    public void ResumeAfter(RawRecord broken) { }

    public void Dispose() => _window.Dispose();
}
