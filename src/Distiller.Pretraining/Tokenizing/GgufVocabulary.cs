using Distiller.Gguf;

namespace Distiller.Pretraining.Tokenizing;

/// <summary>A byte-level BPE vocabulary in a GGUF file, in the form in which llama.cpp reads it.</summary>
public static class GgufVocabulary
{
    /// <summary>ChatML without a default system message.</summary>
    public const string ChatMl =
        "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}"
        + "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";

    private const string Model = "gpt2";
    private const string PreTokenizer = "smollm";
    private const string TokensKey = "tokenizer.ggml.tokens";
    private const string TypesKey = "tokenizer.ggml.token_type";
    private const string MergesKey = "tokenizer.ggml.merges";

    // llama_token_type.
    private const int Normal = 1;
    private const int Control = 3;
    private const int UserDefined = 4;

    /// <summary>Adds all of <c>tokenizer.*</c>.</summary>
    /// <param name="vocabulary">
    /// With <c>&lt;|endoftext|&gt;</c> and <c>&lt;|im_end|&gt;</c> among its special tokens.
    /// </param>
    /// <param name="chatTemplate">A Jinja template of a family that llama.cpp knows, such as <see cref="ChatMl"/>.</param>
    public static GgufWriter Add(GgufWriter writer, BpeVocabulary vocabulary, string chatTemplate)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(vocabulary);
        var tokens = vocabulary.Tokens;
        var endOfText = (uint)vocabulary.SpecialId(SpecialToken.EndOfText);
        return writer
            .Add("tokenizer.ggml.model", Model)
            .Add("tokenizer.ggml.pre", PreTokenizer)
            .Add(TokensKey, tokens)
            .Add(TypesKey, [.. tokens.Select((_, id) => TypeOf(vocabulary, id))])
            .Add(MergesKey, [.. vocabulary.Merges.Select(m => $"{tokens[m.Left]} {tokens[m.Right]}")])
            .Add("tokenizer.ggml.bos_token_id", endOfText)
            .Add("tokenizer.ggml.eos_token_id", (uint)vocabulary.SpecialId(SpecialToken.MessageEnd))
            .Add("tokenizer.ggml.padding_token_id", endOfText)
            .Add("tokenizer.ggml.add_bos_token", false)
            .Add("tokenizer.ggml.add_eos_token", false)
            .Add("tokenizer.ggml.add_space_prefix", false)
            .Add("tokenizer.chat_template", chatTemplate);
    }

    /// <summary>The vocabulary of a base model, if it is one of this kind.</summary>
    /// <exception cref="BadInputException">
    /// The file's tokenizer is another one, or its lists contradict each other.
    /// </exception>
    public static BpeVocabulary Read(GgufFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        var meta = file.Metadata;
        var (model, pre) = (meta.GetString("tokenizer.ggml.model"), meta.GetString("tokenizer.ggml.pre", "default"));
        Require(file, model == Model && pre == PreTokenizer, $"Its tokenizer is '{model}' with '{pre}'.");
        var tokens = meta.GetStrings(TokensKey);
        var ids = new Dictionary<string, int>(tokens.Count, StringComparer.Ordinal);
        foreach (var (id, token) in tokens.Index())
        {
            Require(file, ids.TryAdd(token, id), $"Token {id} ('{token}') stands in the vocabulary twice.");
        }

        return new BpeVocabulary(tokens, ReadMerges(file, ids), ReadSpecials(file, tokens));
    }

    private static int TypeOf(BpeVocabulary vocabulary, int id) =>
        !vocabulary.SpecialTokens.TryGetValue(id, out var kind) ? Normal
        : kind is SpecialTokenKind.Control ? Control
        : UserDefined;

    private static TokenPair[] ReadMerges(GgufFile file, Dictionary<string, int> ids)
    {
        var merges = file.Metadata.GetStrings(MergesKey);
        var pairs = new TokenPair[merges.Count];
        foreach (var (rank, merge) in merges.Index())
        {
            var parts = merge.Split(' ');
            Require(
                file,
                parts.Length == 2 && parts.All(ids.ContainsKey) && ids.ContainsKey(parts[0] + parts[1]),
                $"Merge {rank} ('{merge}') is not of two tokens that make a third."
            );
            pairs[rank] = new TokenPair(ids[parts[0]], ids[parts[1]]);
        }

        return pairs;
    }

    private static Dictionary<int, SpecialTokenKind> ReadSpecials(GgufFile file, IReadOnlyList<string> tokens)
    {
        var types = file.Metadata.GetIntegers(TypesKey);
        Require(file, types.Count == tokens.Count, $"It has {tokens.Count} tokens and {types.Count} types of tokens.");
        var specials = new Dictionary<int, SpecialTokenKind>();
        foreach (var (id, type) in types.Index())
        {
            Require(file, type is Normal or Control or UserDefined, $"Token {id} is of the type {type}.");
            Require(
                file,
                type != Normal || tokens[id].All(c => ByteAlphabet.TryGetByte(c, out _)),
                $"Token {id} ('{tokens[id]}') is not written in GPT-2's alphabet of bytes."
            );
            if (type != Normal)
            {
                specials.Add(id, type == Control ? SpecialTokenKind.Control : SpecialTokenKind.UserDefined);
            }
        }

        return specials;
    }

    private static void Require(GgufFile file, bool holds, string reason)
    {
        if (!holds)
        {
            throw new BadInputException(
                new SourceLocation(file.Path, 0),
                reason,
                $"Use a base with a byte-level BPE tokenizer ('{Model}' with '{PreTokenizer}')."
            );
        }
    }
}
