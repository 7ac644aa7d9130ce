using System.Security.Cryptography;

namespace Distiller.Logs.Reading;

/// <summary>
/// A sliding view of a file that holds the record being read, up to a limit. Of a longer record only the head is kept
/// and the rest is hashed as it passes by.
/// </summary>
internal sealed class RecordWindow(Stream stream, int bytesMax) : IDisposable
{
    private const int HeadBytes = 4096;

    private byte[] _buffer = new byte[1 << 16];
    private int _start;
    private int _at;
    private int _end;
    private long _offset; // of _buffer[0] in the file
    private long _recordOffset;
    private IncrementalHash? _passing;
    private byte[] _head = [];

    /// <summary>Where the next byte lies in the file.</summary>
    public long Offset => _offset + _at;

    /// <summary>The bytes that come next; empty at the end of the file.</summary>
    public ReadOnlySpan<byte> Ahead
    {
        get
        {
            if (_at == _end)
            {
                Fill();
            }

            return _buffer.AsSpan(_at, _end - _at);
        }
    }

    public void Advance(int count) => _at += count;

    /// <summary>Marks the next byte as the start of a record.</summary>
    public void Begin()
    {
        _start = _at;
        _recordOffset = Offset;
        _passing?.Dispose();
        _passing = null;
    }

    /// <summary>The record from its start up to the next byte.</summary>
    public RawRecord Take(long number, bool complete = true)
    {
        var length = Offset - _recordOffset;
        if (_passing is null && length <= bytesMax)
        {
            return new RawRecord(_buffer.AsMemory(_start, _at - _start), number, _recordOffset, length, null, complete);
        }

        PassBy();
        var sha = Convert.ToHexStringLower(_passing!.GetHashAndReset());
        return new RawRecord(_head, number, _recordOffset, length, sha, complete);
    }

    /// <summary>Goes to a place in the file.</summary>
    public void Seek(long offset)
    {
        stream.Seek(offset, SeekOrigin.Begin);
        _offset = offset;
        _start = _at = _end = 0;
        Begin();
    }

    public void Dispose() => _passing?.Dispose();

    private void Fill()
    {
        if (_at - _start > bytesMax || _passing is not null)
        {
            PassBy();
        }

        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _offset += _start;
            _at -= _start;
            _end -= _start;
            _start = 0;
        }

        if (_end == _buffer.Length)
        {
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        _end += SourceStream.Read(stream, _buffer.AsSpan(_end));
    }

    /// <summary>Lets go of what was read of a record that is too long.</summary>
    private void PassBy()
    {
        if (_passing is null)
        {
            _passing = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            _head = _buffer.AsSpan(_start, Math.Min(HeadBytes, _at - _start)).ToArray();
        }

        _passing.AppendData(_buffer.AsSpan(_start, _at - _start));
        _start = _at;
    }
}
