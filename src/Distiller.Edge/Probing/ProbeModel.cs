using System.Text;
using Distiller.Gguf;

namespace Distiller.Edge;

/// <summary>
/// A model of one layer with seeded random Q4_0 weights, wide enough (multiples of 256) that ggml takes the same routines
/// for it as for a real quantized model.
/// </summary>
internal static class ProbeModel
{
    public const int Width = 256;
    private const int FeedForward = 512;
    private const int Heads = 4;
    private const int Vocabulary = 256;

    public static void Write(string path)
    {
        var random = new Random(1);
        var writer = new GgufWriter()
            .Add("general.architecture", "llama")
            .Add("general.type", "model")
            .Add("general.name", "probe")
            .Add("llama.context_length", 256u)
            .Add("llama.embedding_length", (uint)Width)
            .Add("llama.block_count", 1u)
            .Add("llama.feed_forward_length", (uint)FeedForward)
            .Add("llama.attention.head_count", (uint)Heads)
            .Add("llama.attention.head_count_kv", (uint)Heads)
            .Add("llama.attention.layer_norm_rms_epsilon", 1e-5f)
            .Add("llama.rope.dimension_count", (uint)(Width / Heads))
            .Add("tokenizer.ggml.model", "gpt2")
            .Add("tokenizer.ggml.pre", "gpt-2")
            .Add("tokenizer.ggml.tokens", [.. Enumerable.Range(0, Vocabulary).Select(Token)])
            .Add("tokenizer.ggml.token_type", [.. Enumerable.Repeat(1, Vocabulary)])
            .Add("tokenizer.ggml.merges", ["a b"])
            .Add("tokenizer.ggml.bos_token_id", 0u)
            .Add("tokenizer.ggml.eos_token_id", 1u);
        Matrix("token_embd", Width, Vocabulary);
        Ones("output_norm");
        Matrix("output", Width, Vocabulary);
        Ones("blk.0.attn_norm");
        Matrix("blk.0.attn_q", Width, Width);
        Matrix("blk.0.attn_k", Width, Width);
        Matrix("blk.0.attn_v", Width, Width);
        Matrix("blk.0.attn_output", Width, Width);
        Ones("blk.0.ffn_norm");
        Matrix("blk.0.ffn_gate", Width, FeedForward);
        Matrix("blk.0.ffn_up", Width, FeedForward);
        Matrix("blk.0.ffn_down", FeedForward, Width);
        writer.Write(path);

        void Matrix(string name, int inner, int outer)
        {
            var values = new float[inner * outer];
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = (float)(random.NextDouble() - 0.5) * 0.2f;
            }

            writer.AddTensor($"{name}.weight", GgmlType.Q4_0, [inner, outer], values.AsSpan());
        }

        void Ones(string name)
        {
            var values = new float[Width];
            Array.Fill(values, 1f);
            writer.AddTensor($"{name}.weight", GgmlType.F32, [Width], values.AsSpan());
        }
    }

    /// <summary>Letters first; which text a token stands for plays no part.</summary>
    private static string Token(int id) => id < 26 ? ((char)('a' + id)).ToString() : new Rune(0x4E00 + id).ToString();
}
