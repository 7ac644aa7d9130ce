using Distiller.Gguf;

namespace Distiller.Tests.Gguf;

internal sealed class The_tiny_base_is_a_real_model
{
    [TestCase("llama")]
    [TestCase("qwen2")]
    [TestCase("qwen3")]
    public void llama_cpp_loads_it_and_computes_finite_logits(string architecture)
    {
        using var folder = new TemporaryFolder();
        using var probe = new LlamaProbe(
            new TinyBase { Architecture = architecture, WithRopeFreqs = architecture is "llama" }.Write(
                folder["base.gguf"]
            )
        );

        probe.Loaded.ShouldBeTrue();
        var logits = probe.Logits(probe.Tokenize("<|im_start|>user\nthe ticket<|im_end|>\n"));
        logits.Length.ShouldBe(TinyBase.Tokens.Count);
        logits.ShouldAllBe(l => float.IsFinite(l));
        logits.Distinct().Count().ShouldBeGreaterThan(100);
    }

    [Test]
    public void control_tokens_bytes_and_merges_are_what_the_tokenizer_finds()
    {
        using var folder = new TemporaryFolder();
        using var probe = new LlamaProbe(new TinyBase().Write(folder["base.gguf"]));

        var the = TinyBase.Tokens.ToList().IndexOf("the");
        probe.Tokenize("<|im_start|>the\u00ff").ShouldBe([TinyBase.MessageStart, the, 3 + 0xC3, 3 + 0xBF]);
    }

    [Test]
    public void a_quantized_one_loads_too_and_gives_similar_logits()
    {
        using var folder = new TemporaryFolder();
        using var exact = new LlamaProbe(new TinyBase { Weights = GgmlType.F32 }.Write(folder["f32.gguf"]));
        using var coarse = new LlamaProbe(new TinyBase { Weights = GgmlType.Q4_0 }.Write(folder["q4.gguf"]));

        coarse.Loaded.ShouldBeTrue();
        int[] tokens = [1, 80, 90, 100, 2];
        Correlation(exact.Logits(tokens), coarse.Logits(tokens)).ShouldBeInRange(0.9, 0.99999);
    }

    [Test]
    public void the_same_settings_give_the_same_bytes_and_another_seed_others()
    {
        using var folder = new TemporaryFolder();
        var first = File.ReadAllBytes(new TinyBase().Write(folder["a.gguf"]));

        File.ReadAllBytes(new TinyBase().Write(folder["b.gguf"])).ShouldBe(first);
        File.ReadAllBytes(new TinyBase { Seed = 2 }.Write(folder["c.gguf"])).ShouldNotBe(first);
        Directory.GetFiles(folder.Path).Length.ShouldBe(3, "no temporary file is left");
    }

    private static double Correlation(float[] x, float[] y)
    {
        var (mx, my) = (x.Average(), y.Average());
        var xy = x.Zip(y, (a, b) => (a - mx) * (b - my)).Sum();
        return xy / Math.Sqrt(x.Sum(a => (a - mx) * (a - mx)) * y.Sum(b => (b - my) * (b - my)));
    }
}
