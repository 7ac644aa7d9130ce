using System.Text.Json;

namespace Distiller.Logs.Reading;

/// <summary>
/// The lines of a file that are not blank. The last line of a file that is still being written is left for the next collection
/// where it is not whole.
/// </summary>
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

    private static bool IsBlank(ReadOnlySpan<byte> line) => line.IndexOfAnyExcept(" \t\r\0\uFEFF"u8) < 0;

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
                return stream is not SourceText { IsGrowing: true } || IsWhole(record);
            }
        }

        _window.Advance(end);
        record = Trim(_window.Take(_line));
        _window.Advance(1);
        return true;
    }

    /// <summary>Whether it is JSON from its beginning to its end.</summary>
    private static bool IsWhole(RawRecord record)
    {
        if (record.OversizeSha256 is not null)
        {
            return false;
        }

        var json = new Utf8JsonReader(record.Bytes.Span);
        try
        {
            while (json.Read()) { }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
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

        // A file system that lost its power may leave zeros where a line was to be written.
        bytes = bytes[Math.Max(0, bytes.Span.IndexOfAnyExcept((byte)0))..];
        return record with { Bytes = bytes.Span.EndsWith("\r"u8) ? bytes[..^1] : bytes };
    }
}
