using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Distiller.Logs.Reading;

/// <summary>
/// The elements of a JSON array, one at a time, found by counting brackets. Where an element is broken the reader can
/// go on at the next place that looks like the start of one.
/// </summary>
internal sealed class ArrayReader(Stream stream, int bytesMax) : IRecordReader
{
    /// <summary>A file of nothing but broken elements must not be scanned to its end for each of them.</summary>
    private const int ResumesMax = 64;

    private static readonly SearchValues<byte> Structure = SearchValues.Create("{}[]\",:"u8);
    private static readonly SearchValues<byte> StringStops = SearchValues.Create("\"\\"u8);

    private readonly RecordWindow _window = new(stream, bytesMax);
    private byte[]? _firstMember;
    private long _number;
    private int _resumes;
    private bool _started;
    private bool _ended;

    public string RecordNoun => "element";

    /// <summary>By the name of its first member the start of an element is recognised after a broken one.</summary>
    public void Learn(JsonElement record)
    {
        if (_firstMember is null && record.EnumerateObject().Select(m => m.Name).FirstOrDefault() is { } name)
        {
            _firstMember = Encoding.UTF8.GetBytes($"\"{name}\"");
        }
    }

    public bool Next(out RawRecord record)
    {
        record = default;
        if (!_started)
        {
            _started = true;
            SkipTo("["u8);
        }

        SkipBetween();
        var ahead = _window.Ahead;
        if (ahead.IsEmpty || _ended)
        {
            return false;
        }

        if (ahead[0] == (byte)']')
        {
            _ended = true;
            _window.Advance(1);
            return Rest(out record);
        }

        _window.Begin();
        var complete = PassElement();
        record = _window.Take(++_number, complete);
        return true;
    }

    /// <summary>Goes to the next likely start of an element after a broken one.</summary>
    public void ResumeAfter(RawRecord broken)
    {
        if (_firstMember is null || ++_resumes > ResumesMax)
        {
            _ended = true;
            return;
        }

        _window.Seek(broken.Offset + 1);
        _ended = false;
        while (SkipTo("{"u8))
        {
            var start = _window.Offset - 1;
            if (FirstMemberFollows())
            {
                _window.Seek(start);
                return;
            }
        }
    }

    public void Dispose() => _window.Dispose();

    /// <summary>Text after the array's end is a record of its own, that nobody can read.</summary>
    private bool Rest(out RawRecord record)
    {
        record = default;
        SkipBetween();
        if (_window.Ahead.IsEmpty)
        {
            return false;
        }

        _window.Begin();
        while (!_window.Ahead.IsEmpty)
        {
            _window.Advance(_window.Ahead.Length);
        }

        record = _window.Take(++_number, complete: false);
        return true;
    }

    /// <summary>Advances over one element; false where the file ends within it.</summary>
    private bool PassElement()
    {
        var depth = 0;
        while (true)
        {
            var ahead = _window.Ahead;
            if (ahead.IsEmpty)
            {
                return false;
            }

            var stop = ahead.IndexOfAny(Structure);
            if (stop < 0)
            {
                _window.Advance(ahead.Length);
                continue;
            }

            var c = ahead[stop];
            if (depth == 0 && c is (byte)',' or (byte)']' && depth == 0)
            {
                _window.Advance(stop);
                return true;
            }

            _window.Advance(stop + 1);
            switch (c)
            {
                case (byte)'"':
                    if (!PassString())
                    {
                        return false;
                    }

                    break;
                case (byte)'{' or (byte)'[':
                    depth++;
                    break;
                case (byte)'}' or (byte)']' when depth > 0 && --depth == 0:
                    return true;
            }
        }
    }

    /// <summary>Advances to behind a string's closing quote.</summary>
    private bool PassString()
    {
        while (true)
        {
            var ahead = _window.Ahead;
            if (ahead.IsEmpty)
            {
                return false;
            }

            var stop = ahead.IndexOfAny(StringStops);
            if (stop < 0)
            {
                _window.Advance(ahead.Length);
                continue;
            }

            var quote = ahead[stop] == (byte)'"';
            _window.Advance(stop + 1);
            if (quote)
            {
                return true;
            }

            if (_window.Ahead.IsEmpty)
            {
                return false;
            }

            _window.Advance(1); // the escaped character
        }
    }

    private void SkipBetween()
    {
        while (!_window.Ahead.IsEmpty)
        {
            _window.Begin();
            var ahead = _window.Ahead;
            var next = ahead.IndexOfAnyExcept(", \t\r\n"u8);
            if (next >= 0)
            {
                _window.Advance(next);
                return;
            }

            _window.Advance(ahead.Length);
        }
    }

    private bool SkipTo(ReadOnlySpan<byte> mark)
    {
        while (!_window.Ahead.IsEmpty)
        {
            _window.Begin();
            var ahead = _window.Ahead;
            var at = ahead.IndexOf(mark[0]);
            _window.Advance(at < 0 ? ahead.Length : at + 1);
            if (at >= 0)
            {
                return true;
            }
        }

        return false;
    }

    private bool FirstMemberFollows()
    {
        var matched = 0;
        _window.Begin();
        for (var blank = true; matched < _firstMember!.Length; )
        {
            var ahead = _window.Ahead;
            if (ahead.IsEmpty)
            {
                return false;
            }

            var c = ahead[0];
            if (blank && c is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t' && matched == 0)
            {
                _window.Advance(1);
                _window.Begin();
                continue;
            }

            blank = false;
            if (c != _firstMember[matched])
            {
                return false;
            }

            matched++;
            _window.Advance(1);
        }

        return true;
    }
}
