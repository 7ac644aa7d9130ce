using System.Buffers;
using System.Text;
using Distiller.Core;
using Distiller.Edge.Llama;
using LLama.Native;

namespace Distiller.Edge;

/// <summary>A model's tokenizer and its chat template. Safe from several threads.</summary>
public sealed class ChatTokenizer
{
    private readonly SafeLlamaModelHandle _model;
    private readonly int _size;
    private readonly ChatTemplate? _template;
    private readonly bool _addBeginning;
    private readonly Lazy<int?> _endOfTurn;
    private readonly Lazy<SearchValues<string>> _controlTexts;
    private readonly Lazy<int> _longestPiece;
    private readonly TokenMemo _messages;

    /// <param name="chatTemplate">Null: the model has none.</param>
    internal ChatTokenizer(SafeLlamaModelHandle model, string path, string? chatTemplate)
    {
        _model = model;
        Path = path;
        _size = model.Vocab.Count;
        _template = chatTemplate is null ? null : new ChatTemplate(chatTemplate, path);
        _addBeginning = model.Vocab.ShouldAddBOS;
        BeginOfSequence = Present(model.Vocab.BOS);
        _endOfTurn = new Lazy<int?>(FindEndOfTurn);
        _longestPiece = new Lazy<int>(() => Enumerable.Range(0, _size).Max(t => Piece(t, isFirst: false).Length));
        _messages = new TokenMemo(text => Tokenize(text, parseSpecial: true));
        _controlTexts = new Lazy<SearchValues<string>>(() =>
            SearchValues.Create([.. ControlTexts()], StringComparison.Ordinal)
        );
    }

    public bool HasChatTemplate => _template is not null;

    public int? BeginOfSequence { get; }

    /// <summary>
    /// The token that ends an assistant's message: the one the chat template writes there, else the end of sequence.
    /// (llama.cpp's own guess goes by a token's text and takes <c>&lt;|endoftext|&gt;</c> where there is <c>&lt;|im_end|&gt;</c>.)
    /// </summary>
    public int? EndOfTurn => _endOfTurn.Value;

    internal string Path { get; }

    /// <summary>Token ids of a text.</summary>
    /// <param name="addSpecial">Adds the tokens the model wants around a text (usually the beginning of sequence).</param>
    /// <param name="parseSpecial">Reads <c>&lt;|im_end|&gt;</c> and the like as control tokens. Never for text from outside.</param>
    public int[] Tokenize(string text, bool addSpecial = false, bool parseSpecial = false)
    {
        ArgumentNullException.ThrowIfNull(text);
        using var alive = new HandleReference(_model);
        return [.. _model.Tokenize(text, addSpecial, parseSpecial, Encoding.UTF8).Select(t => (int)t)];
    }

    /// <summary>The text of tokens.</summary>
    /// <param name="special">Writes control tokens as their text; otherwise they vanish.</param>
    public string Detokenize(ReadOnlySpan<int> tokens, bool special = false)
    {
        foreach (var token in tokens)
        {
            CheckRange(token);
        }

        var bytes = new byte[(tokens.Length * 16) + 16];
        var count = LlamaExports.Detokenize(_model, tokens, bytes, special);
        if (count < 0)
        {
            bytes = new byte[-count];
            count = LlamaExports.Detokenize(_model, tokens, bytes, special);
        }

        return Encoding.UTF8.GetString(bytes, 0, count);
    }

    /// <summary>The bytes of one token of an answer, control tokens as their text; they may end within a character.</summary>
    /// <param name="isFirst">Whether it begins the answer: SentencePiece's blank before a first word is then left out.</param>
    internal byte[] Piece(int token, bool isFirst)
    {
        CheckRange(token);
        using var alive = new HandleReference(_model);
        Span<byte> bytes = stackalloc byte[256];
        if (isFirst)
        {
            var count = LlamaExports.Detokenize(_model, [token], bytes, special: true);
            return count >= 0 ? bytes[..count].ToArray() : Encoding.UTF8.GetBytes(Detokenize([token], special: true));
        }

        var length = (int)_model.TokenToSpan(token, bytes, 0, true);
        return length <= bytes.Length
            ? bytes[..length].ToArray()
            : Encoding.UTF8.GetBytes(Detokenize([token], special: true));
    }

    /// <summary>Bytes of the longest token: a text of B bytes has at least B divided by this many tokens.</summary>
    internal int LongestPiece => _longestPiece.Value;

    public int CountTokens(string text) => Tokenize(text).Length;

    /// <summary>
    /// The conversation as the model's own template writes it. llama.cpp recognises the template's family and applies
    /// its own form of it, so a default system message that a template would invent is not added.
    /// </summary>
    public string Render(IReadOnlyList<ChatMessage> messages, bool addAssistantPrompt) =>
        (
            _template
            ?? throw new BadInputException(
                new SourceLocation(Path, 0),
                "The model has no chat template.",
                "Use an instruction-tuned model, or add 'tokenizer.chat_template' to the file."
            )
        ).Render(messages, addAssistantPrompt);

    public bool IsEndOfGeneration(int token)
    {
        using var alive = new HandleReference(_model);
        CheckRange(token);
        return ((LLamaToken)token).IsEndOfGeneration(_model.Vocab);
    }

    /// <summary>
    /// The whole conversation as tokens, message by message, each message's text being what it adds to the rendering.
    /// Text that looks like a control token inside a message stays text.
    /// </summary>
    public TokenizedChat TokenizeChat(IReadOnlyList<ChatMessage> messages) =>
        new ChatTokens(this).Add(messages).ToChat();

    /// <summary>
    /// The conversation followed by the header of an assistant's message: what a session is fed before it generates.
    /// It is exactly the beginning of <see cref="TokenizeChat"/> of the conversation that goes on with an assistant's message.
    /// </summary>
    public int[] TokenizePrompt(IReadOnlyList<ChatMessage> messages) =>
        new ChatTokens(this).Add(messages).AddAssistantHeader(messages).ToChat().Tokens;

    /// <summary>Whether a text holds a control token's text, so that it may be tokenized otherwise where those are parsed.</summary>
    internal bool HoldsControlText(string text) =>
        text.AsSpan().ContainsAny(_controlTexts.Value)
        && !Tokenize(text, parseSpecial: true).AsSpan().SequenceEqual(Tokenize(text));

    /// <summary>What the template made of a message, control tokens parsed; kept for a while. Not to be written to.</summary>
    internal int[] TokenizeRendered(string text) => _messages.Tokenize(text);

    internal int? AddedBeginning => _addBeginning ? BeginOfSequence : null;

    internal void CheckRange(int token)
    {
        if (token < 0 || token >= _size)
        {
            throw new BadInputException(
                new SourceLocation(Path, 0),
                $"The token id {token} is outside the vocabulary of {_size} tokens.",
                "Tokenize with this model's own tokenizer."
            );
        }
    }

    /// <summary>llama.cpp parses tokens of these two attributes only where it is told to.</summary>
    private IEnumerable<string> ControlTexts()
    {
        using var alive = new HandleReference(_model);
        var texts = new List<string>();
        for (var token = 0; token < _size; token++)
        {
            var attributes = ((LLamaToken)token).GetAttributes(_model.Vocab);
            if ((attributes & (LLamaTokenAttr.Control | LLamaTokenAttr.Unknown)) is not default(LLamaTokenAttr))
            {
                texts.Add(Detokenize([token], special: true));
            }
        }

        return texts.Where(t => t.Length > 0);
    }

    private int? FindEndOfTurn()
    {
        using var alive = new HandleReference(_model);
        var end = Present(_model.Vocab.EOS);
        if (HasChatTemplate)
        {
            var answer = TokenizeChat([new ChatMessage("user", "a"), new ChatMessage("assistant", "b")]);
            var last = answer.Tokens[Array.FindLastIndex(answer.AssistantMask, m => m)];
            return IsEndOfGeneration(last) ? last : end;
        }

        return end;
    }

    private int? Present(LLamaToken? token) => token is { } t && (int)t >= 0 && (int)t < _size ? (int)t : null;
}

/// <summary>A conversation as tokens.</summary>
/// <param name="Tokens">T token ids.</param>
/// <param name="AssistantMask">
/// T flags: true on what the assistant says, its end-of-turn token included, and not on the header before it.
/// </param>
public sealed record TokenizedChat(int[] Tokens, bool[] AssistantMask);
