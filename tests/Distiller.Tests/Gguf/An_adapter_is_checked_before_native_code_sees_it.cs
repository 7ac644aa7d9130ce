using Distiller.Gguf;

namespace Distiller.Tests.Gguf;

internal sealed class An_adapter_is_checked_before_native_code_sees_it
{
    private TemporaryFolder _folder = null!;
    private GgufFile _base = null!;
    private BaseDescription _origin = null!;

    [SetUp]
    public void WriteBase()
    {
        _folder = new TemporaryFolder();
        _base = GgufFile.Open(new TinyBase().Write(_folder["base.gguf"]));
        _origin = BaseDescription.Of(_base);
    }

    [TearDown]
    public void Delete()
    {
        _base.Dispose();
        _folder.Dispose();
    }

    [TestCase(AdapterEncoding.F16)]
    [TestCase(AdapterEncoding.Int4)]
    public void a_good_one_passes_is_read_back_and_is_taken_by_llama_cpp(AdapterEncoding encoding)
    {
        var weights = TinyAdapter.For(_base, rank: 16);
        AdapterGguf.Write(_folder["a.gguf"], weights, _origin, encoding, lineage: "night-1");

        var facts = AdapterCheck.Verify(_folder["a.gguf"], _base);
        facts.BaseSha256.ShouldBe(_base.Sha256());
        facts.Lineage.ShouldBe("night-1");
        facts.ChangedTensors.ShouldBe(14);
        facts.Rank.ShouldBe(encoding == AdapterEncoding.F16 ? 16 : 32);
        var read = AdapterGguf.Read(_folder["a.gguf"]);
        (read.Alpha / read.Rank).ShouldBe(weights.Alpha / weights.Rank);
        read.Pairs.Select(p => p.BaseTensor).ShouldBe(weights.Pairs.Select(p => p.BaseTensor));

        using var probe = new LlamaProbe(_base.Path);
        int[] tokens = [1, 100, 120, 2];
        var before = probe.Logits(tokens);
        probe.Attach(_folder["a.gguf"]).ShouldBeTrue();
        probe.Logits(tokens).ShouldNotBe(before);
    }

    [TestCase(AdapterEncoding.F16, 1e-3)]
    [TestCase(AdapterEncoding.Int4, 0.08)]
    public void llama_cpp_computes_with_it_what_the_merged_base_gives(AdapterEncoding encoding, double distanceMax)
    {
        var weights = TinyAdapter.For(_base, rank: 8);
        AdapterGguf.Write(_folder["a.gguf"], weights, _origin, encoding);
        TinyAdapter.WriteMerged(_base, weights, _folder["merged.gguf"]);
        int[] tokens = [1, 70, 80, 90, 100, 2];

        using var merged = new LlamaProbe(_folder["merged.gguf"]);
        using var adapted = new LlamaProbe(_base.Path);
        var plain = adapted.Logits(tokens);
        adapted.Attach(_folder["a.gguf"]).ShouldBeTrue();
        var wanted = merged.Logits(tokens);
        var distance = Distance(adapted.Logits(tokens), wanted);
        TestContext.Out.WriteLine($"{encoding}: {distance:F5}; without the adapter {Distance(plain, wanted):F5}");
        distance.ShouldBeLessThan(distanceMax);
        Distance(plain, wanted).ShouldBeGreaterThan(0.2);
    }

    [Test]
    public void one_trained_on_another_base_of_the_same_shape_is_refused()
    {
        using var other = GgufFile.Open(new TinyBase { Seed = 2 }.Write(_folder["other.gguf"]));
        AdapterGguf.Write(_folder["a.gguf"], TinyAdapter.For(_base, 8), _origin, AdapterEncoding.F16);

        Should
            .Throw<BadInputException>(() => AdapterCheck.Verify(_folder["a.gguf"], other))
            .Reason.ShouldContain("SHA-256");
    }

    [Test]
    public void a_model_another_architecture_and_a_missing_alpha_are_refused()
    {
        Refusal(_base.Path).Reason.ShouldContain("general.type");
        Refusal(Custom(w => Add(w, "blk.0.attn_q.weight", 64, 8, 64), architecture: "qwen2"))
            .Reason.ShouldContain("qwen2");
        Refusal(Custom(w => Add(w, "blk.0.attn_q.weight", 64, 8, 64), alpha: null)).Reason.ShouldContain("alpha");
        Refusal(Custom(w => Add(w, "blk.0.attn_q.weight", 64, 8, 64), alpha: float.NaN)).Reason.ShouldContain("alpha");
        Refusal(Custom(_ => { })).Reason.ShouldContain("no factors");
    }

    [Test]
    public void factors_that_do_not_belong_or_do_not_fit_are_refused()
    {
        Refusal(Custom(w => Add(w, "token_embd.weight", 64, 8, 64))).Reason.ShouldContain("token embedding");
        Refusal(Custom(w => Add(w, "blk.9.attn_q.weight", 64, 8, 64))).Reason.ShouldContain("blk.9.attn_q.weight");
        Refusal(Custom(w => Add(w, "blk.0.attn_norm.weight", 64, 8, 64))).Reason.ShouldContain("[64]");
        Refusal(Custom(w => Add(w, "blk.0.attn_q.weight", 32, 8, 64))).Reason.ShouldContain("[32, 64]");
        Refusal(Custom(w => Add(w, "blk.0.attn_k.weight", 64, 8, 64))).Reason.ShouldContain("[64, 32]");
        Refusal(Custom(w => w.AddTensor("blk.0.attn_q.weight.lora_a", GgmlType.F32, [64, 8], new float[512])))
            .Reason.ShouldContain("lora_b");
        Refusal(Custom(w => w.AddTensor("blk.0.attn_q.weight.lora_b", GgmlType.F32, [8, 64], new float[512])))
            .Reason.ShouldContain("lora_a");
        Refusal(Custom(w => w.AddTensor("blk.0.attn_q.weight", GgmlType.F32, [8, 64], new float[512])))
            .Reason.ShouldContain("no LoRA factor");
    }

    [Test]
    public void ranks_that_differ_are_refused()
    {
        var path = Custom(w =>
            w.AddTensor("blk.0.attn_q.weight.lora_a", GgmlType.F32, [64, 8], new float[512])
                .AddTensor("blk.0.attn_q.weight.lora_b", GgmlType.F32, [16, 64], new float[1024])
        );
        Refusal(path).Reason.ShouldContain("ranks 8 and 16");
    }

    [Test]
    public void numbers_that_are_not_finite_are_refused_on_reading_and_on_writing()
    {
        var path = Custom(w =>
            w.AddTensor("blk.0.attn_q.weight.lora_a", GgmlType.F32, [64, 8], [.. new float[511], float.NaN])
                .AddTensor("blk.0.attn_q.weight.lora_b", GgmlType.F32, [8, 64], new float[512])
        );
        Refusal(path).Reason.ShouldContain("Number 511");

        var weights = TinyAdapter.For(_base, 8);
        weights.Pairs[3].B[5] = 70_000;
        Should
            .Throw<BadInputException>(() => AdapterGguf.Write(_folder["b.gguf"], weights, _origin, AdapterEncoding.F16))
            .Reason.ShouldContain("Number 5 of lora_b");
        File.Exists(_folder["b.gguf"]).ShouldBeFalse();
    }

    [Test]
    public void damage_gives_a_refusal_or_an_adapter_that_llama_cpp_takes()
    {
        AdapterGguf.Write(_folder["a.gguf"], TinyAdapter.For(_base, 8), _origin, AdapterEncoding.Int4);
        var whole = File.ReadAllBytes(_folder["a.gguf"]);
        int header;
        using (var file = GgufFile.Open(_folder["a.gguf"]))
        {
            header = (int)file.Tensors[0].Offset;
        }

        var random = new Random(3);
        var (refused, taken) = (0, 0);
        for (var trial = 0; trial < 400; trial++)
        {
            var damaged = whole.ToArray();
            damaged[random.Next(header)] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(_folder["d.gguf"], damaged);
            try
            {
                AdapterCheck.Verify(_folder["d.gguf"], _base);
            }
            catch (BadInputException)
            {
                refused++;
                continue;
            }

            using var probe = new LlamaProbe(_base.Path);
            probe.Attach(_folder["d.gguf"]).ShouldBeTrue();
            taken++;
        }

        TestContext.Out.WriteLine($"{refused} refused, {taken} passed and were taken");
        refused.ShouldBeGreaterThan(200);
    }

    private BadInputException Refusal(string path) =>
        Should.Throw<BadInputException>(() => AdapterCheck.Verify(path, _base));

    private string Custom(Action<GgufWriter> tensors, string architecture = "llama", float? alpha = 16)
    {
        var writer = new GgufWriter()
            .Add("general.type", "adapter")
            .Add("general.architecture", architecture)
            .Add("adapter.type", "lora");
        if (alpha is { } value)
        {
            writer.Add("adapter.lora.alpha", value);
        }

        tensors(writer);
        writer.Write(_folder["custom.gguf"]);
        return _folder["custom.gguf"];
    }

    private static void Add(GgufWriter writer, string tensor, int width, int rank, int height) =>
        writer
            .AddTensor($"{tensor}.lora_a", GgmlType.F32, [width, rank], new float[width * rank])
            .AddTensor($"{tensor}.lora_b", GgmlType.F32, [rank, height], new float[rank * height]);

    private static double Distance(float[] x, float[] y) =>
        Math.Sqrt(x.Zip(y, (a, b) => (double)(a - b) * (a - b)).Sum() / y.Sum(b => (double)b * b));
}
