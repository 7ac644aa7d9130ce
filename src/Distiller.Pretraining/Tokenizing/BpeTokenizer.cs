using System.Buffers;
using System.Text;

namespace Distiller.Pretraining.Tokenizing;

/// <summary>
/// Texts to tokens and back, equal token for token to llama.cpp with <c>tokenizer.ggml.pre</c> = <c>smollm</c>.
/// Merged words are cached, so an instance must not be used by several threads at once.
/// </summary>
public sealed class BpeTokenizer
{
    private const int RememberedMax = 1 << 17;
    private const int RememberedLengthMax = 64;
    private const int NoToken = -1;

    private readonly BpeVocabulary _vocabulary;
    private readonly SpecialTokenSplitter _splitter;
    private readonly WordMerger _merger;
    private readonly int[] _byteTokens = new int[256];
    private readonly byte[][] _bytes;
    private readonly Dictionary<string, int[]> _words = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int[]>.AlternateLookup<ReadOnlySpan<char>> _wordsBySpan;

    public BpeTokenizer(BpeVocabulary vocabulary)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        _vocabulary = vocabulary;
        _splitter = new SpecialTokenSplitter(
            vocabulary.SpecialTokens.Select(t => (t.Key, new SpecialToken(vocabulary.Tokens[t.Key], t.Value)))
        );
        _merger = new WordMerger(vocabulary);
        _wordsBySpan = _words.GetAlternateLookup<ReadOnlySpan<char>>();
        _bytes =
        [
            .. vocabulary.Tokens.Select(
                (text, id) =>
                    vocabulary.SpecialTokens.ContainsKey(id) ? Encoding.UTF8.GetBytes(text) : ByteAlphabet.Read(text)
            ),
        ];
        Array.Fill(_byteTokens, NoToken);
        foreach (var (id, bytes) in _bytes.Index())
        {
            if (bytes.Length == 1 && !vocabulary.SpecialTokens.ContainsKey(id))
            {
                _byteTokens[bytes[0]] = id;
            }
        }
    }

    public int VocabularySize => _bytes.Length;

    /// <summary>
    /// Token ids of a text. A lone surrogate is read as U+FFFD; a byte for which the vocabulary has no token (a trained
    /// one has all) is left out.
    /// </summary>
    /// <param name="parseSpecial">
    /// Reads <c>&lt;|im_end|&gt;</c> and the like as control tokens. Never for text from outside.
    /// </param>
    public int[] Encode(string text, bool parseSpecial = false)
    {
        ArgumentNullException.ThrowIfNull(text);
        var tokens = new List<int>(text.Length / 3);
        _splitter.Split(
            text,
            parseSpecial,
            (piece, special) =>
            {
                if (piece.IsEmpty)
                {
                    tokens.Add(special);
                }

                while (!piece.IsEmpty)
                {
                    var length = WordSplitter.FirstWordLength(piece);
                    tokens.AddRange(EncodeWord(piece[..length]));
                    piece = piece[length..];
                }
            }
        );
        return [.. tokens];
    }

    /// <summary>The text of tokens; bytes that are no UTF-8 become U+FFFD.</summary>
    /// <param name="special">Writes control tokens as their text; otherwise they vanish.</param>
    /// <exception cref="ArgumentOutOfRangeException">An id is outside the vocabulary.</exception>
    public string Decode(ReadOnlySpan<int> tokens, bool special = false)
    {
        var bytes = new ArrayBufferWriter<byte>((tokens.Length * 4) + 1);
        foreach (var token in tokens)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(token, nameof(tokens));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(token, VocabularySize, nameof(tokens));
            if (special || !IsControl(token))
            {
                bytes.Write(_bytes[token]);
            }
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    private bool IsControl(int token) =>
        _vocabulary.SpecialTokens.TryGetValue(token, out var kind) && kind is SpecialTokenKind.Control;

    private int[] EncodeWord(ReadOnlySpan<char> word)
    {
        if (_wordsBySpan.TryGetValue(word, out var tokens))
        {
            return tokens;
        }

        var bytes = new byte[Encoding.UTF8.GetByteCount(word)];
        Encoding.UTF8.GetBytes(word, bytes);
        tokens = _merger.Merge(Array.ConvertAll(bytes, b => _byteTokens[b]));
        if (word.Length <= RememberedLengthMax && _words.Count < RememberedMax)
        {
            _wordsBySpan[word] = tokens;
        }

        return tokens;
    }
}
