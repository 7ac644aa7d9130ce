using System.Runtime.InteropServices;
using Distiller.Gguf;

namespace Distiller.Benchmarks;

/// <summary>Sizes of a base model, and a file of random weights in them: what a step costs does not depend on what they know.</summary>
/// <param name="IsTied">The output projection is the embedding.</param>
internal sealed record BaseShape(
    string Name,
    int Layers,
    int Width,
    int FeedForward,
    int Heads,
    int KvHeads,
    int HeadWidth,
    int Vocabulary,
    bool IsTied
)
{
    private const int BlockElements = 32;
    private const int BlockBytes = 18;

    // Codes of 0 to 15 with equal probability, less 8, have this standard deviation.
    private const double CodeSpread = 4.64;

    /// <summary>Of SmolLM2 (135M), Qwen2.5 (0.5B, 1.5B, 7B) and Llama 3.1 (8B), without Qwen's biases; and one for a dry run.</summary>
    public static IReadOnlyList<BaseShape> Known { get; } =
    [
        new("tiny", 2, 64, 128, 4, 2, 16, 320, IsTied: true),
        new("135m", 30, 576, 1536, 9, 3, 64, 49_152, IsTied: true),
        new("0.5b", 24, 896, 4864, 14, 2, 64, 151_936, IsTied: true),
        new("1.5b", 28, 1536, 8960, 12, 2, 128, 151_936, IsTied: true),
        new("7b", 28, 3584, 18_944, 28, 4, 128, 152_064, IsTied: false),
        new("8b", 32, 4096, 14_336, 32, 8, 128, 128_256, IsTied: false),
    ];

    /// <summary>Numbers in the matrices of the layers, which every token is multiplied by.</summary>
    public long LayerParameters =>
        (long)Layers
        * ((2L * Width * Heads * HeadWidth) + (2L * Width * KvHeads * HeadWidth) + (3L * Width * FeedForward));

    public long Parameters => LayerParameters + ((IsTied ? 1L : 2L) * Vocabulary * Width);

    /// <summary>Numbers in an adapter of all seven linear layers.</summary>
    public long AdapterParameters(int rank) =>
        (long)Layers
        * rank
        * (
            (2L * (Width + (Heads * HeadWidth))) + (2L * (Width + (KvHeads * HeadWidth))) + (3L * (Width + FeedForward))
        );

    /// <summary>
    /// Floating-point operations that training an adapter takes for each token of a row, by the formulas of the model alone: 2
    /// for each weight forward and 2 backward (a frozen weight needs no gradient of its own), 6 for each number of the
    /// adapter; in attention 4 T/2 H hd forward and twice that backward; the output projection for tokens with loss alone.
    /// Nothing is counted that an implementation computes twice.
    /// </summary>
    public double FlopsPerToken(int rank, int rowTokens, double lossShare) =>
        (4.0 * LayerParameters)
        + (6.0 * AdapterParameters(rank))
        + (3.0 * Layers * 2 * rowTokens * Heads * HeadWidth)
        + (lossShare * 4.0 * Vocabulary * Width);

    /// <summary>Writes a GGUF file without tokenizer: Q4_0 matrices of random codes, norms of 1.</summary>
    public void Write(string path)
    {
        var random = new Random(1);
        var writer = new GgufWriter()
            .Add("general.architecture", "llama")
            .Add("general.type", "model")
            .Add("general.name", $"random {Name}")
            .Add("llama.context_length", 32_768u)
            .Add("llama.embedding_length", (uint)Width)
            .Add("llama.block_count", (uint)Layers)
            .Add("llama.feed_forward_length", (uint)FeedForward)
            .Add("llama.attention.head_count", (uint)Heads)
            .Add("llama.attention.head_count_kv", (uint)KvHeads)
            .Add("llama.attention.key_length", (uint)HeadWidth)
            .Add("llama.attention.value_length", (uint)HeadWidth)
            .Add("llama.attention.layer_norm_rms_epsilon", 1e-5f)
            .Add("llama.rope.dimension_count", (uint)HeadWidth)
            .Add("llama.rope.freq_base", 500_000f);
        void Matrix(string name, int inner, int outer) =>
            writer.AddTensor(name, GgmlType.Q4_0, [inner, outer], Blocks(random, inner, outer));
        void Norm(string name) =>
            writer.AddTensor(name, GgmlType.F32, [Width], Enumerable.Repeat(1f, Width).ToArray().AsSpan());

        Matrix("token_embd.weight", Width, Vocabulary);
        Norm("output_norm.weight");
        if (!IsTied)
        {
            Matrix("output.weight", Width, Vocabulary);
        }

        for (var i = 0; i < Layers; i++)
        {
            var block = $"blk.{i}.";
            Norm(block + "attn_norm.weight");
            Matrix(block + "attn_q.weight", Width, Heads * HeadWidth);
            Matrix(block + "attn_k.weight", Width, KvHeads * HeadWidth);
            Matrix(block + "attn_v.weight", Width, KvHeads * HeadWidth);
            Matrix(block + "attn_output.weight", Heads * HeadWidth, Width);
            Norm(block + "ffn_norm.weight");
            Matrix(block + "ffn_gate.weight", Width, FeedForward);
            Matrix(block + "ffn_up.weight", Width, FeedForward);
            Matrix(block + "ffn_down.weight", FeedForward, Width);
        }

        writer.Write(path);
    }

    /// <summary>A standard deviation of 1/sqrt(inner): activations keep their size from layer to layer.</summary>
    private static byte[] Blocks(Random random, int inner, int outer)
    {
        var bytes = new byte[(long)inner * outer / BlockElements * BlockBytes];
        random.NextBytes(bytes);
        var scale = (Half)(1 / (CodeSpread * Math.Sqrt(inner)));
        for (var at = 0; at < bytes.Length; at += BlockBytes)
        {
            MemoryMarshal.Write(bytes.AsSpan(at), scale);
        }

        return bytes;
    }
}
