using System.Text;
using System.Text.Json;
using Distiller.Edge;
using Distiller.Gguf;

namespace Distiller.Tests.Edge;

/// <summary>Models, adapters and reference results the edge tests share.</summary>
internal static class EdgeFixtures
{
    public const string SmolLm = "models/smollm2-135m-instruct/SmolLM2-135M-Instruct.Q4_1.gguf";

    public static EdgeSessionOptions Exact { get; } = new() { Exact = true };

    public static EdgeModel LoadTiny(TemporaryFolder folder, TinyBase? tiny = null, string name = "tiny.gguf") =>
        Load((tiny ?? new TinyBase()).Write(folder[name]));

    /// <summary>The tiny base with another chat template of at most its own length, padded with spaces.</summary>
    public static EdgeModel LoadTinyWithTemplate(TemporaryFolder folder, string name, string template)
    {
        var path = new TinyBase().Write(folder[name]);
        string original;
        using (var file = GgufFile.Open(path))
        {
            original = file.Metadata.GetString("tokenizer.chat_template");
        }

        Replace(path, original, template.PadRight(original.Length));
        return Load(path);
    }

    /// <summary>Overwrites the first occurrence of a text by one of the same length.</summary>
    public static void Replace(string path, string from, string to)
    {
        to.Length.ShouldBe(from.Length);
        var bytes = File.ReadAllBytes(path);
        var at = bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(from));
        at.ShouldBeGreaterThan(0);
        Encoding.UTF8.GetBytes(to).CopyTo(bytes, at);
        File.WriteAllBytes(path, bytes);
    }

    public static EdgeModel Load(string path) => EdgeModel.Load(path, new EdgeModelOptions { Threads = 1 });

    public static JsonElement Json(string path) => JsonDocument.Parse(File.ReadAllBytes(path)).RootElement;

    public static int[] Ints(this JsonElement json, string name) =>
        [.. json.GetProperty(name).EnumerateArray().Select(e => e.GetInt32())];

    public static double[] Doubles(this JsonElement json, string name) =>
        [.. json.GetProperty(name).EnumerateArray().Select(e => e.GetDouble())];

    public static int[] SomeTokens(int count, int seed = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.Next(3, TinyBase.Tokens.Count))];
    }

    public static bool[] AllButTheFirst(int count) => [false, .. Enumerable.Repeat(true, count - 1)];

    public static double LargestDifference(IEnumerable<float> a, IEnumerable<float> b) =>
        a.Zip(b, (x, y) => Math.Abs((double)x - y)).Max();

    /// <summary>A random adapter of rank 4 on every attention query and feed-forward output of the tiny base.</summary>
    public static string WriteAdapter(
        string path,
        TinyBase tiny,
        int seed = 1,
        string architecture = "llama",
        float spread = 0.5f
    )
    {
        const int rank = 4;
        var random = new Random(seed);
        var writer = new GgufWriter()
            .Add("general.type", "adapter")
            .Add("general.architecture", architecture)
            .Add("adapter.type", "lora")
            .Add("adapter.lora.alpha", 8f);
        for (var layer = 0; layer < tiny.Layers; layer++)
        {
            Pair($"blk.{layer}.attn_q.weight", tiny.Width, tiny.Width);
            Pair($"blk.{layer}.ffn_down.weight", tiny.FeedForward, tiny.Width);
        }

        writer.Write(path);
        return path;

        void Pair(string name, int inner, int outer)
        {
            writer.AddTensor($"{name}.lora_a", GgmlType.F32, [inner, rank], Values(inner * rank).AsSpan());
            writer.AddTensor($"{name}.lora_b", GgmlType.F32, [rank, outer], Values(rank * outer).AsSpan());
        }

        float[] Values(int count) =>
            [.. Enumerable.Range(0, count).Select(_ => (float)(random.NextDouble() - 0.5) * spread)];
    }
}
