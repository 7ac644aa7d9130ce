using Distiller.Gguf;

namespace Distiller.Tests.Support;

/// <summary>Seeded random adapters of all linear layers of a base, strong enough to change its answers.</summary>
internal static class TinyAdapter
{
    private static readonly string[] Linears =
    [
        "attn_q",
        "attn_k",
        "attn_v",
        "attn_output",
        "ffn_gate",
        "ffn_up",
        "ffn_down",
    ];

    public static LoraWeights For(GgufFile file, int rank, float? alpha = null, int seed = 1)
    {
        var random = new Random(seed);
        float[] Uniform(int count, double scale) =>
            [.. Enumerable.Range(0, count).Select(_ => (float)((random.NextDouble() - 0.5) * scale))];
        var pairs = new List<LoraFactorPair>();
        for (var layer = 0; file.FindTensor($"blk.{layer}.attn_q.weight") is not null; layer++)
        {
            foreach (var name in Linears.Select(l => $"blk.{layer}.{l}.weight"))
            {
                var weight = file.GetTensor(name);
                var (width, height) = ((int)weight.Shape[0], (int)weight.Shape[1]);
                var scale = 2 / Math.Sqrt(width);
                pairs.Add(new(name, rank, width, height, Uniform(rank * width, scale), Uniform(height * rank, 0.5)));
            }
        }

        return new LoraWeights(rank, alpha ?? 2 * rank, pairs);
    }

    /// <summary>A copy of an F32 base with W + (alpha/r) BA in place of each changed W.</summary>
    public static void WriteMerged(GgufFile file, LoraWeights weights, string path)
    {
        var writer = new GgufWriter();
        foreach (var key in file.Metadata.Keys)
        {
            _ = file.Metadata.Find(key) switch
            {
                string v => writer.Add(key, v),
                uint v => writer.Add(key, v),
                float v => writer.Add(key, v),
                bool v => writer.Add(key, v),
                string[] v => writer.Add(key, v),
                int[] v => writer.Add(key, v),
                var other => throw new NotSupportedException($"{key} is {other}."),
            };
        }

        foreach (var tensor in file.Tensors)
        {
            var values = file.ReadFloats(tensor);
            if (weights.Pairs.FirstOrDefault(p => p.BaseTensor == tensor.Name) is { } pair)
            {
                AddProduct(values, pair, weights.Alpha / weights.Rank);
            }

            writer.AddTensor(tensor.Name, GgmlType.F32, [.. tensor.Shape], values);
        }

        writer.Write(path);
    }

    private static void AddProduct(float[] w, LoraFactorPair pair, float scale)
    {
        for (var o = 0; o < pair.Out; o++)
        {
            for (var i = 0; i < pair.In; i++)
            {
                var sum = 0.0;
                for (var k = 0; k < pair.Rank; k++)
                {
                    sum += (double)pair.B[(o * pair.Rank) + k] * pair.A[(k * pair.In) + i];
                }

                w[(o * pair.In) + i] += (float)(scale * sum);
            }
        }
    }
}
