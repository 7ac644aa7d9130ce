using Distiller.Gguf;

namespace Distiller.Gpu.Tests;

/// <summary>A seeded random llama base: enough to compare one device with another.</summary>
internal static class TinyGguf
{
    public const int Vocabulary = 300;
    private const int Width = 128;
    private const int FeedForward = 256;
    private const int Keys = 64;

    public static string Write(string path)
    {
        var random = new Random(1);
        var writer = new GgufWriter()
            .Add("general.architecture", "llama")
            .Add("llama.context_length", 4096u)
            .Add("llama.embedding_length", (uint)Width)
            .Add("llama.block_count", 2u)
            .Add("llama.feed_forward_length", (uint)FeedForward)
            .Add("llama.attention.head_count", 4u)
            .Add("llama.attention.head_count_kv", 2u)
            .Add("llama.attention.layer_norm_rms_epsilon", 1e-5f);
        void Matrix(string name, int inner, int outer, double scale) =>
            writer.AddTensor(
                $"{name}.weight",
                GgmlType.F32,
                [inner, outer],
                Enumerable
                    .Range(0, inner * outer)
                    .Select(_ => (float)((2 * random.NextDouble() - 1) * scale))
                    .ToArray()
                    .AsSpan()
            );
        void Ones(string name) =>
            writer.AddTensor($"{name}.weight", GgmlType.F32, [Width], Enumerable.Repeat(1f, Width).ToArray().AsSpan());

        Matrix("token_embd", Width, Vocabulary, 1);
        Ones("output_norm");
        for (var i = 0; i < 2; i++)
        {
            Ones($"blk.{i}.attn_norm");
            Matrix($"blk.{i}.attn_q", Width, Width, 0.15);
            Matrix($"blk.{i}.attn_k", Width, Keys, 0.15);
            Matrix($"blk.{i}.attn_v", Width, Keys, 0.15);
            Matrix($"blk.{i}.attn_output", Width, Width, 0.15);
            Ones($"blk.{i}.ffn_norm");
            Matrix($"blk.{i}.ffn_gate", Width, FeedForward, 0.15);
            Matrix($"blk.{i}.ffn_up", Width, FeedForward, 0.15);
            Matrix($"blk.{i}.ffn_down", FeedForward, Width, 0.1);
        }

        writer.Write(path);
        return path;
    }
}
