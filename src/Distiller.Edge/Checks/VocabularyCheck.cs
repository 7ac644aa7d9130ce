using System.Globalization;
using Distiller.Core;
using Distiller.Gguf;

namespace Distiller.Edge;

/// <summary>
/// llama.cpp reads the tokenizer's lists without comparing their lengths, asserts that no token stands twice, and
/// throws through C where a byte has no token; so all of that is checked here.
/// </summary>
internal static class VocabularyCheck
{
    private const int TokensMax = 1 << 21;
    private const int TokenTypeMax = 6;
    private const uint None = uint.MaxValue;

    private static readonly string[] Models = ["gpt2", "llama", "bert"];

    /// <summary>Returns the number of tokens.</summary>
    public static int Verify(GgufFile file)
    {
        var meta = file.Metadata;
        var model = meta.GetString("tokenizer.ggml.model");
        Require(file, Models.Contains(model, StringComparer.Ordinal), $"The tokenizer '{model}' is not supported.");
        var tokens = meta.GetStrings("tokenizer.ggml.tokens");
        Require(
            file,
            tokens.Count is > 0 and <= TokensMax,
            $"The vocabulary has {tokens.Count} tokens; 1 to {TokensMax} are supported."
        );
        var known = new HashSet<string>(tokens.Count, StringComparer.Ordinal);
        for (var i = 0; i < tokens.Count; i++)
        {
            Require(file, tokens[i].Length > 0, $"Token {i} is empty.");
            Require(file, known.Add(tokens[i]), $"Token {i} ('{tokens[i]}') stands in the vocabulary twice.");
        }

        VerifyLists(file, tokens.Count);
        VerifyIds(file, tokens.Count);
        if (model == "gpt2")
        {
            VerifyMerges(file);
        }

        if (model == "llama")
        {
            VerifyBytes(file, known);
        }

        if (file.FindTensor("token_embd.weight") is { } embedding)
        {
            Require(
                file,
                embedding.Rows == tokens.Count,
                $"The vocabulary has {tokens.Count} tokens; the model embeds {embedding.Rows}."
            );
        }

        return tokens.Count;
    }

    private static void VerifyLists(GgufFile file, int count)
    {
        var meta = file.Metadata;
        const string types = "tokenizer.ggml.token_type";
        if (meta.Contains(types))
        {
            // llama.cpp reads 32-bit integers there, whatever the file says.
            Require(file, meta.Find(types) is int[] or uint[], $"'{types}' is no list of 32-bit integers.");
            var values = meta.GetIntegers(types);
            Require(
                file,
                values.Count == count && values.All(v => v is >= 0 and <= TokenTypeMax),
                $"'{types}' has {values.Count} items for {count} tokens, or an unknown type among them."
            );
        }

        const string scores = "tokenizer.ggml.scores";
        if (meta.Contains(scores))
        {
            Require(
                file,
                meta.GetFloats(scores).Count == count && meta.GetFloats(scores).All(float.IsFinite),
                $"'{scores}' has {meta.CountOf(scores)} items for {count} tokens, or one that is no number."
            );
        }

        const string suppressed = "tokenizer.ggml.suppress_tokens";
        if (meta.Contains(suppressed))
        {
            Require(
                file,
                meta.Find(suppressed) is int[] or uint[] && meta.GetIntegers(suppressed).All(v => v >= 0 && v < count),
                $"'{suppressed}' is no list of token ids below {count}."
            );
        }
    }

    private static void VerifyIds(GgufFile file, int count)
    {
        foreach (
            var key in file.Metadata.Keys.Where(k =>
                k.StartsWith("tokenizer.ggml.", StringComparison.Ordinal)
                && k.EndsWith("_token_id", StringComparison.Ordinal)
            )
        )
        {
            // 2^32-1 is how converters write "none" ; some write -1.
            if (file.Metadata.Find(key) is not -1)
            {
                var id = file.Metadata.GetUInt32(key);
                Require(file, id == None || id < count, $"'{key}' is {id}; the vocabulary has {count} tokens.");
            }
        }
    }

    private static void VerifyMerges(GgufFile file)
    {
        var merges = file.Metadata.GetStrings("tokenizer.ggml.merges");
        for (var i = 0; i < merges.Count; i++)
        {
            var space = merges[i].Length > 1 ? merges[i].IndexOf(' ', 1) : -1;
            Require(
                file,
                space > 0 && space < merges[i].Length - 1,
                $"Merge {i} ('{merges[i]}') is not two parts with a space between them."
            );
        }
    }

    /// <summary>A SentencePiece vocabulary falls back to bytes: each must have its token.</summary>
    private static void VerifyBytes(GgufFile file, HashSet<string> known)
    {
        for (var b = 0; b < 256; b++)
        {
            Require(
                file,
                known.Contains(string.Create(CultureInfo.InvariantCulture, $"<0x{b:X2}>"))
                    || (b < 128 && known.Contains(((char)b).ToString())),
                $"The vocabulary has no token for the byte {b}."
            );
        }
    }

    private static void Require(GgufFile file, bool holds, string reason)
    {
        if (!holds)
        {
            throw new BadInputException(
                new SourceLocation(file.Path, 0),
                reason,
                "Use a GGUF file written by a current converter."
            );
        }
    }
}
