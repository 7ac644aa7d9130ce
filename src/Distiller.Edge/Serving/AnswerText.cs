using System.Text;

namespace Distiller.Edge.Serving;

/// <summary>
/// Turns an answer's tokens into text as they come: bytes of a character that is not whole yet, and text that may be the
/// beginning of a stop, are held back.
/// </summary>
internal sealed class AnswerText(ChatTokenizer tokenizer, IReadOnlyList<string> stops)
{
    private readonly Decoder _utf8 = Encoding.UTF8.GetDecoder();
    private readonly StringBuilder _held = new();
    private bool _begun;

    /// <summary>Everything that was written, held or not, but for a stop and what follows it.</summary>
    public StringBuilder All { get; } = new();

    public bool IsStopped { get; private set; }

    /// <returns>What may be shown now.</returns>
    public string Add(int token)
    {
        var bytes = tokenizer.Piece(token, isFirst: !_begun);
        _begun = true;
        var chars = new char[Encoding.UTF8.GetMaxCharCount(bytes.Length) + 1];
        var count = _utf8.GetChars(bytes, chars, flush: false);
        All.Append(chars, 0, count);
        _held.Append(chars, 0, count);
        return Release();
    }

    /// <summary>What was held back, at the end.</summary>
    public string Flush()
    {
        if (IsStopped)
        {
            return "";
        }

        var chars = new char[4];
        var count = _utf8.GetChars([], chars, flush: true);
        _held.Append(chars, 0, count);
        All.Append(chars, 0, count);
        var rest = _held.ToString();
        _held.Clear();
        return rest;
    }

    private string Release()
    {
        if (stops.Count == 0)
        {
            var all = _held.ToString();
            _held.Clear();
            return all;
        }

        var text = _held.ToString();
        var at = stops
            .Select(s => text.IndexOf(s, StringComparison.Ordinal))
            .Where(i => i >= 0)
            .DefaultIfEmpty(-1)
            .Min();
        if (at >= 0)
        {
            IsStopped = true;
            _held.Clear();
            All.Length -= text.Length - at;
            return text[..at];
        }

        var keep = stops.Max(s => Overlap(text, s));
        _held.Remove(0, text.Length - keep);
        return text[..^keep];
    }

    /// <summary>How much of a text's end is the beginning of a stop.</summary>
    private static int Overlap(string text, string stop)
    {
        for (var length = Math.Min(text.Length, stop.Length - 1); length > 0; length--)
        {
            if (text.AsSpan()[^length..].SequenceEqual(stop.AsSpan(0, length)))
            {
                return length;
            }
        }

        return 0;
    }
}
