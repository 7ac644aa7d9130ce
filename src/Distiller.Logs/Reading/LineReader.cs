using System.Text.Json;

namespace Distiller.Logs.Reading;

/// <summary>The lines of a file that are not blank.</summary>
internal sealed class LineReader(Stream stream, int bytesMax) : IRecordReader
{
    private readonly RecordWindow _window = new(stream, bytesMax);
    private long _line;

    public string RecordNoun => "line";

    public bool Next(out RawRecord record)
    {
        while (NextLine(out record))
        {
            if (record.OversizeSha256 is not null || !IsBlank(record.Bytes.Span))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Nothing to learn: a record begins behind a line feed.</summary>
    public void Learn(JsonElement record) { }

    /// <summary>Nothing to do: a broken line ends where the next begins.</summary>
    public void ResumeAfter(RawRecord broken) { }

    public void Dispose() => _window.Dispose();

    private static bool IsBlank(ReadOnlySpan<byte> line) => line.IndexOfAnyExcept(" \t\r\uFEFF"u8) < 0;

    private bool NextLine(out RawRecord record)
    {
        _window.Begin();
        var ahead = _window.Ahead;
        if (ahead.IsEmpty)
        {
            record = default;
            return false;
        }

        _line++;
        int end;
        while ((end = ahead.IndexOf((byte)'\n')) < 0)
        {
            _window.Advance(ahead.Length);
            ahead = _window.Ahead;
            if (ahead.IsEmpty)
            {
                record = Trim(_window.Take(_line));
                return true;
            }
        }

        _window.Advance(end);
        record = Trim(_window.Take(_line));
        _window.Advance(1);
        return true;
    }

    private static RawRecord Trim(RawRecord record)
    {
        if (record.OversizeSha256 is not null)
        {
            return record;
        }

        var bytes = record.Bytes;
        if (record.Number == 1 && bytes.Span.StartsWith("\uFEFF"u8))
        {
            bytes = bytes[3..];
        }

        return record with
        {
            Bytes = bytes.Span.EndsWith("\r"u8) ? bytes[..^1] : bytes,
        };
    }
}
