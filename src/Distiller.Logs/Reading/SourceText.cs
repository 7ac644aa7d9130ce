using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Distiller.Logs.Reading;

/// <summary>
/// A source file as its readers see it. A JSON string longer than a limit (a picture, a huge tool output) is shortened to its
/// head and a note while it passes by, so that the rest of its record can be read in bounded memory. The note holds a hash of
/// what it stands for: two records that differ in it stay different.
/// </summary>
/// <param name="inner">At its beginning; disposed with this.</param>
/// <param name="textBytesMax">The longest string that is passed on whole.</param>
internal sealed class SourceText(Stream inner, int textBytesMax) : Stream
{
    private static readonly SearchValues<byte> Stops = SearchValues.Create("\"\\\n"u8);

    private readonly byte[] _raw = new byte[1 << 16];

    /// <summary>Where a shortened string ends, here and in the file.</summary>
    private readonly List<(long Here, long InFile)> _cuts = [];
    private int _at;
    private int _end;
    private long _here;
    private long _inFile; // of _raw[_at]
    private bool _inString;

    /// <summary>Bytes of an escape that are still to come.</summary>
    private int _escape;
    private bool _inHex;
    private int _length;
    private IncrementalHash? _dropped;
    private long _droppedChars;
    private ReadOnlyMemory<byte> _note;

    /// <summary>The file as it is, for formats that are no text.</summary>
    public Stream Whole => inner;

    /// <summary>Whether an agent may still write to the file, so that an unfinished last line is no defect.</summary>
    public bool IsGrowing { get; init; }

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    /// <summary>Of the file; what is read of it may be shorter.</summary>
    public override long Length => inner.Length;

    public override long Position
    {
        get => _here;
        set => Seek(value, SeekOrigin.Begin);
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        var written = 0;
        while (written < buffer.Length)
        {
            if (!_note.IsEmpty)
            {
                var part = _note.Span[..Math.Min(_note.Length, buffer.Length - written)];
                part.CopyTo(buffer[written..]);
                _note = _note[part.Length..];
                written += part.Length;
                if (_note.IsEmpty)
                {
                    _cuts.Add((_here + written, _inFile));
                }

                continue;
            }

            if (_at == _end && !Fill())
            {
                break;
            }

            if (_dropped is not null)
            {
                Drop();
                continue;
            }

            var ahead = _raw.AsSpan(_at, Math.Min(_end - _at, buffer.Length - written));
            var passed = Pass(ahead);
            ahead[..passed].CopyTo(buffer[written..]);
            Consume(passed);
            written += passed;
        }

        _here += written;
        return written;
    }

    /// <summary>A place in what was read here, not in the file. What lies there is taken to be outside a string.</summary>
    public override long Seek(long offset, SeekOrigin origin)
    {
        if (origin != SeekOrigin.Begin)
        {
            throw new NotSupportedException("Seeks from the beginning only.");
        }

        _cuts.RemoveAll(c => c.Here > offset);
        _inFile = _cuts.Count == 0 ? offset : _cuts[^1].InFile + (offset - _cuts[^1].Here);
        inner.Seek(_inFile, SeekOrigin.Begin);
        _here = offset;
        _at = _end = 0;
        _inString = false;
        _escape = 0;
        _inHex = false;
        _note = default;
        _dropped?.Dispose();
        _dropped = null;
        return offset;
    }

    public override void Flush() => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _dropped?.Dispose();
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private bool Fill()
    {
        _at = 0;
        _end = inner.Read(_raw);
        return _end > 0;
    }

    private void Consume(int count)
    {
        _at += count;
        _inFile += count;
    }

    /// <summary>How many of these bytes are passed on as they are.</summary>
    private int Pass(ReadOnlySpan<byte> bytes)
    {
        var i = 0;
        while (i < bytes.Length)
        {
            if (IsInEscape(bytes[i]))
            {
                PassEscape(bytes[i]);
                _length++;
                i++;
                continue;
            }

            if (!_inString)
            {
                var quote = bytes[i..].IndexOf((byte)'"');
                if (quote < 0)
                {
                    return bytes.Length;
                }

                i += quote + 1;
                (_inString, _length) = (true, 0);
                continue;
            }

            if (_length >= textBytesMax && !IsContinuation(bytes[i]) && bytes[i] is not ((byte)'"' or (byte)'\n'))
            {
                _dropped = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
                _droppedChars = 0;
                return i;
            }

            var part = bytes.Slice(i, Math.Min(bytes.Length - i, Math.Max(1, textBytesMax - _length)));
            var stop = part.IndexOfAny(Stops);
            var count = stop < 0 ? part.Length : stop + 1;
            i += count;
            _length += count;
            if (stop >= 0)
            {
                _escape = part[stop] == (byte)'\\' ? 1 : 0;
                _inString = _escape > 0; // A string cannot hold a line feed: an open quote ends with its line.
            }
        }

        return bytes.Length;
    }

    private bool IsInEscape(byte b)
    {
        if (b == (byte)'\n')
        {
            (_escape, _inHex) = (0, false); // Broken: it ends with its line.
        }

        return _escape > 0;
    }

    private void PassEscape(byte b)
    {
        const int hexDigits = 4;
        _escape += b == (byte)'u' && !_inHex ? hexDigits - 1 : -1;
        _inHex = _escape > 0;
    }

    private void Drop()
    {
        var ahead = _raw.AsSpan(_at, _end - _at);
        var i = 0;
        var ended = false;
        while (i < ahead.Length && !ended)
        {
            if (IsInEscape(ahead[i]))
            {
                PassEscape(ahead[i]);
                i++;
                continue;
            }

            var stop = ahead[i..].IndexOfAny(Stops);
            if (stop < 0)
            {
                i = ahead.Length;
            }
            else if (ahead[i + stop] == (byte)'\\')
            {
                _escape = 1;
                i += stop + 1;
            }
            else
            {
                i += stop;
                ended = true;
            }
        }

        _dropped!.AppendData(ahead[..i]);
        foreach (var b in ahead[..i])
        {
            _droppedChars += IsContinuation(b) ? 0 : 1;
        }

        Consume(i);
        if (ended)
        {
            var hash = Convert.ToHexStringLower(_dropped.GetHashAndReset())[..12];
            _note = Encoding.UTF8.GetBytes(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"[… {_droppedChars:N0} characters left out, SHA-256 {hash}]"
                )
            );
            _dropped.Dispose();
            _dropped = null;
            _length = 0;
        }
    }

    /// <summary>Whether a byte goes on with a character of UTF-8 that began before it.</summary>
    private static bool IsContinuation(byte b) => (b & 0xC0) == 0x80;
}
