namespace Distiller.Edge;

/// <summary>
/// Tokens of the texts that were tokenized last: counting, cutting into windows and billing tokenize a conversation's messages
/// several times each. Two generations of a bounded number of characters; safe from several threads.
/// </summary>
internal sealed class TokenMemo(Func<string, int[]> tokenize)
{
    private const long GenerationCharsMax = 1 << 19;

    private readonly Lock _lock = new();
    private Dictionary<string, int[]> _young = new(StringComparer.Ordinal);
    private Dictionary<string, int[]> _old = new(StringComparer.Ordinal);
    private long _chars;

    /// <returns>Not to be written to: others are given the same array.</returns>
    public int[] Tokenize(string text)
    {
        lock (_lock)
        {
            if (_young.TryGetValue(text, out var young))
            {
                return young;
            }

            if (_old.TryGetValue(text, out var old))
            {
                Keep(text, old);
                return old;
            }
        }

        var tokens = tokenize(text);
        lock (_lock)
        {
            Keep(text, tokens);
        }

        return tokens;
    }

    private void Keep(string text, int[] tokens)
    {
        if (text.Length > GenerationCharsMax)
        {
            return;
        }

        if (_chars + text.Length > GenerationCharsMax)
        {
            (_old, _young, _chars) = (_young, new Dictionary<string, int[]>(StringComparer.Ordinal), 0);
        }

        _chars += _young.TryAdd(text, tokens) ? text.Length : 0;
    }
}
