using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using Distiller.Gguf;
using Distiller.Training.Model;
using Distiller.Training.Torch;

namespace Distiller.Tests.Training;

/// <summary>Reference results of transformers and PEFT, and the bases they were made with.</summary>
internal static class Parity
{
    public static readonly string[] Bases = ["llama-gqa-tied", "qwen2-bias", "qwen3-qknorm"];

    public static BaseModel Load(string path, ScalarType? type = null)
    {
        using var file = GgufFile.Open(path);
        return BaseModel.Load(file, Device.Cpu, type);
    }

    public static JsonElement Json(string relative) =>
        JsonDocument.Parse(File.ReadAllText(SharedFiles.Path(relative))).RootElement;

    public static int[] Ints(this JsonElement json, string name) =>
        [.. json.GetProperty(name).EnumerateArray().Select(x => x.GetInt32())];

    public static double[] Doubles(this JsonElement json, string name) =>
        [.. json.GetProperty(name).EnumerateArray().Select(x => x.GetDouble())];

    public static double[] Nll(BaseModel model, int[] ids)
    {
        using var scope = torch.NewDisposeScope();
        using var off = torch.no_grad();
        var wanted = new LossPositions(
            [.. Enumerable.Range(0, ids.Length - 1)],
            ids[1..],
            [.. Enumerable.Repeat(1f, ids.Length - 1)]
        );
        return model.Loss(new TokenRows(ids), wanted).Nll.ToDoubles();
    }

    public static double Furthest(IEnumerable<double> ours, IEnumerable<double> theirs) =>
        ours.Zip(theirs, (a, b) => double.IsNaN(a) ? double.PositiveInfinity : Math.Abs(a - b)).Max();

    /// <summary>PEFT's adapter in GGUF's layout: written here on its own, to check the importer as well as the trainer.</summary>
    public static LoraWeights Peft(string folder, BaseConfig config, int rank, float alpha)
    {
        var bytes = File.ReadAllBytes(Path.Combine(folder, "adapter_model.safetensors"));
        var header = (int)BinaryPrimitives.ReadInt64LittleEndian(bytes);
        var entries = JsonDocument.Parse(bytes.AsMemory(8, header)).RootElement;
        float[] Read(string name)
        {
            var span = entries.GetProperty(name).GetProperty("data_offsets");
            var (from, to) = (span[0].GetInt32(), span[1].GetInt32());
            return MemoryMarshal.Cast<byte, float>(bytes.AsSpan(8 + header + from, to - from)).ToArray();
        }

        (string Gguf, string Hf, int Heads)[] weights =
        [
            ("attn_q", "self_attn.q_proj", config.Heads),
            ("attn_k", "self_attn.k_proj", config.KvHeads),
            ("attn_v", "self_attn.v_proj", 0),
            ("attn_output", "self_attn.o_proj", 0),
            ("ffn_gate", "mlp.gate_proj", 0),
            ("ffn_up", "mlp.up_proj", 0),
            ("ffn_down", "mlp.down_proj", 0),
        ];
        var pairs = new List<LoraFactorPair>();
        for (var layer = 0; layer < config.Layers; layer++)
        {
            foreach (var (gguf, hf, heads) in weights)
            {
                var name = $"base_model.model.model.layers.{layer}.{hf}";
                var (a, b) = (Read(name + ".lora_A.weight"), Read(name + ".lora_B.weight"));
                if (heads > 0 && config.Architecture is "llama")
                {
                    b = Interleaved(b, heads, rank);
                }

                pairs.Add(new($"blk.{layer}.{gguf}.weight", rank, a.Length / rank, b.Length / rank, a, b));
            }
        }

        return new LoraWeights(rank, alpha, pairs);
    }

    // reshape(heads, 2, hd/2, r).swapaxes(1, 2): row (h, s, i) goes to (h, i, s).
    private static float[] Interleaved(float[] b, int heads, int rank)
    {
        var half = b.Length / rank / heads / 2;
        var result = new float[b.Length];
        for (var row = 0; row < b.Length / rank; row++)
        {
            var (h, s, i) = (row / (2 * half), row / half % 2, row % half);
            Array.Copy(b, row * rank, result, (h * 2 * half + 2 * i + s) * rank, rank);
        }

        return result;
    }
}
