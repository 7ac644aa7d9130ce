using System.Text;
using Distiller.Core;
using Distiller.Edge.Native;

namespace Distiller.Edge;

/// <summary>A model's tokenizer and its chat template. Safe from several threads.</summary>
public sealed unsafe class ChatTokenizer
{
    private readonly ModelHandle _model;
    private readonly nint _vocabulary;
    private readonly int _size;
    private readonly ChatTemplate? _template;
    private readonly bool _addBeginning;
    private readonly Lazy<int?> _endOfTurn;

    internal ChatTokenizer(ModelHandle model, string path, bool hasChatTemplate)
    {
        _model = model;
        Path = path;
        _vocabulary = LlamaApi.llama_model_get_vocab(model);
        _size = LlamaApi.llama_vocab_n_tokens(_vocabulary);
        _template = hasChatTemplate ? ChatTemplate.Read(model, path) : null;
        _addBeginning = LlamaApi.llama_vocab_get_add_bos(_vocabulary) != 0;
        BeginOfSequence = Present(LlamaApi.llama_vocab_bos(_vocabulary));
        _endOfTurn = new Lazy<int?>(FindEndOfTurn);
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
        var bytes = Encoding.UTF8.GetBytes(text);
        // A token stands for at least a byte, but for those that are added around and a leading space.
        var tokens = new int[bytes.Length + 8];
        var count = Tokenize(bytes, tokens, addSpecial, parseSpecial);
        if (count < 0 && count != int.MinValue)
        {
            tokens = new int[-count];
            count = Tokenize(bytes, tokens, addSpecial, parseSpecial);
        }

        return count >= 0
            ? tokens[..count]
            : throw new InvalidOperationException($"A text of {bytes.Length} bytes cannot be tokenized in one piece.");
    }

    /// <summary>The text of tokens.</summary>
    /// <param name="special">Writes control tokens as their text; otherwise they vanish.</param>
    public string Detokenize(ReadOnlySpan<int> tokens, bool special = false)
    {
        using var alive = new HandleReference(_model);
        foreach (var token in tokens)
        {
            CheckRange(token);
        }

        var bytes = new byte[(tokens.Length * 16) + 16];
        var count = Detokenize(tokens, bytes, special);
        if (count < 0)
        {
            bytes = new byte[-count];
            count = Detokenize(tokens, bytes, special);
        }

        return Encoding.UTF8.GetString(bytes, 0, count);
    }

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
        return LlamaApi.llama_vocab_is_eog(_vocabulary, token) != 0;
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

    private int? FindEndOfTurn()
    {
        using var alive = new HandleReference(_model);
        var end = Present(LlamaApi.llama_vocab_eos(_vocabulary));
        if (HasChatTemplate)
        {
            var answer = TokenizeChat([new ChatMessage("user", "a"), new ChatMessage("assistant", "b")]);
            var last = answer.Tokens[Array.FindLastIndex(answer.AssistantMask, m => m)];
            return IsEndOfGeneration(last) ? last : end;
        }

        return end;
    }

    private int? Present(int token) => token >= 0 && token < _size ? token : null;

    private int Tokenize(byte[] text, int[] tokens, bool addSpecial, bool parseSpecial)
    {
        fixed (byte* from = text)
        fixed (int* to = tokens)
        {
            return LlamaApi.llama_tokenize(
                _vocabulary,
                from,
                text.Length,
                to,
                tokens.Length,
                addSpecial ? (byte)1 : (byte)0,
                parseSpecial ? (byte)1 : (byte)0
            );
        }
    }

    private int Detokenize(ReadOnlySpan<int> tokens, byte[] text, bool special)
    {
        fixed (int* from = tokens)
        fixed (byte* to = text)
        {
            return LlamaApi.llama_detokenize(
                _vocabulary,
                from,
                tokens.Length,
                to,
                text.Length,
                removeSpecial: 0,
                special ? (byte)1 : (byte)0
            );
        }
    }
}
