using Distiller.Tests.Gguf;
using Distiller.Training.Model;
using Distiller.Training.Torch;

namespace Distiller.Tests.Training;

internal sealed class Stretched_positions_agree_with_llama_cpp
{
    private static readonly int[] Tokens = [.. Enumerable.Range(0, 100).Select(i => (i * 37 + 11) % 250)];

    [Test]
    public void with_llama_3_frequency_factors()
    {
        using var folder = new TemporaryFolder();
        var plain = new TinyBase().Write(folder["plain.gguf"]);
        var factors = new TinyBase { WithRopeFreqs = true }.Write(folder["factors.gguf"]);

        Ours(factors).ShouldAgreeWith(Theirs(factors));
        Agreement.Furthest(Ours(factors), Ours(plain)).ShouldBeGreaterThan(0.02f, "the factors matter");
    }

    [TestCase("llama", "linear", 4f)]
    [TestCase("qwen3", "linear", 2.5f)]
    [TestCase("llama", "yarn", 4f)]
    [TestCase("qwen2", "yarn", 8f)]
    public void with_a_declared_scaling(string architecture, string kind, float factor)
    {
        using var folder = new TemporaryFolder();
        var plain = new TinyBase { Architecture = architecture }.Write(folder["plain.gguf"]);
        var scaled = GgufCopy.Write(
            plain,
            folder["scaled.gguf"],
            new Dictionary<string, object>
            {
                [$"{architecture}.rope.scaling.type"] = kind,
                [$"{architecture}.rope.scaling.factor"] = factor,
                [$"{architecture}.rope.scaling.original_context_length"] = 32u,
            }
        );

        Ours(scaled).ShouldAgreeWith(Theirs(scaled));
        Agreement.Furthest(Ours(scaled), Ours(plain)).ShouldBeGreaterThan(0.02f, "the scaling matters");
    }

    private static float[] Ours(string path)
    {
        using var model = Parity.Load(path);
        using var scope = torch.NewDisposeScope();
        using var off = torch.no_grad();
        return model.Logits(new TokenRows(Tokens), positions: [Tokens.Length - 1]).ToFloats();
    }

    private static float[] Theirs(string path)
    {
        using var probe = new LlamaProbe(path);
        probe.Loaded.ShouldBeTrue();
        return probe.Logits(Tokens);
    }
}
