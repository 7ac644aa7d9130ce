using Distiller.Gguf;

namespace Distiller.Tests.Edge;

/// <summary>Loaded in this process: had the checks failed, some of these would end it (llama.cpp aborts on them).</summary>
public sealed class A_bad_model_file_is_refused
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [TestCase(0)]
    [TestCase(0.01)]
    [TestCase(0.5)]
    [TestCase(0.999)]
    public void when_it_is_cut_short(double share) =>
        Refused(new TinyBase().WriteTruncated(_folder["cut.gguf"], share)).Place.File.ShouldEndWith("cut.gguf");

    [Test]
    public void when_it_is_missing_or_no_model_at_all()
    {
        Refused(_folder["missing.gguf"]);
        Refused(_folder.Path);
        File.WriteAllText(_folder["text.gguf"], "This is a text, and long enough to be read as a header of something.");
        Refused(_folder["text.gguf"]);
        Refused(EdgeFixtures.WriteAdapter(_folder["adapter.gguf"], new TinyBase()))
            .Reason.ShouldBe("This is no model: 'general.type' is 'adapter'.");
    }

    [Test]
    public void when_its_architecture_is_another()
    {
        var path = new TinyBase { Architecture = "mamba" }.Write(_folder["mamba.gguf"]);
        var error = Refused(path);
        error.Reason.ShouldBe("The architecture 'mamba' is not supported.");
        error.Remedy.ShouldContain("llama, qwen2, qwen3");
    }

    [Test]
    public void when_a_tensor_is_missing_and_llama_cpp_says_which()
    {
        // qwen3 needs norms on queries and keys that the llama base does not have.
        var path = Rewritten(w => { }, skip: "general.architecture", architecture: "qwen3");
        Refused(path).Reason.ShouldContain("attn_k_norm");
    }

    [TestCase("llama.context_length", 0u)]
    [TestCase("llama.context_length", uint.MaxValue)]
    [TestCase("llama.block_count", 100_000u)]
    [TestCase("llama.block_count", 0u)]
    [TestCase("llama.embedding_length", 1u << 31)]
    [TestCase("llama.attention.head_count", 0u)]
    [TestCase("llama.attention.head_count_kv", 3u)]
    [TestCase("llama.attention.head_count_kv", 0u)]
    [TestCase("llama.rope.dimension_count", 7u)]
    [TestCase("llama.feed_forward_length", uint.MaxValue)]
    [TestCase("llama.expert_count", 8u)]
    [TestCase("tokenizer.ggml.eos_token_id", 267u)]
    [TestCase("split.count", 2u)]
    [TestCase("llama.pooling_type", 77u)]
    public void when_a_setting_cannot_be(string key, uint value) =>
        Refused(Rewritten(w => w.Add(key, value), skip: key))
            .Message.ShouldContain(key == "split.count" ? "split" : "");

    [TestCase("llama.attention.layer_norm_rms_epsilon", -1f)]
    [TestCase("llama.attention.layer_norm_rms_epsilon", float.NaN)]
    [TestCase("llama.rope.freq_base", 0f)]
    public void when_a_number_cannot_be(string key, float value) =>
        Refused(Rewritten(w => w.Add(key, value), skip: key)).Reason.ShouldContain(key);

    [Test]
    public void when_its_rope_scaling_is_unknown() =>
        Refused(Rewritten(w => w.Add("llama.rope.scaling.type", "spiral"))).Reason.ShouldContain("spiral");

    [Test]
    public void when_its_tokenizer_does_not_hold_together()
    {
        var tokens = TinyBase.Tokens;
        Tokenizer("tokenizer.ggml.tokens", [.. tokens.Take(266), tokens[5]]).ShouldContain("twice");
        Tokenizer("tokenizer.ggml.tokens", [.. tokens.Take(266), ""]).ShouldContain("is empty");
        Tokenizer("tokenizer.ggml.tokens", [.. tokens.Take(200)]).ShouldContain("'tokenizer.ggml.token_type' has 267");
        Tokenizer("tokenizer.ggml.tokens", []).ShouldContain("0 tokens");
        Tokenizer("tokenizer.ggml.merges", ["t h", "the"]).ShouldContain("Merge 1");
        Tokenizer("tokenizer.ggml.merges", ["t "]).ShouldContain("Merge 0");
        Tokenizer("tokenizer.ggml.model", null, w => w.Add("tokenizer.ggml.model", "rwkv")).ShouldContain("rwkv");
        Tokenizer("tokenizer.ggml.model", null, w => w.Add("tokenizer.ggml.model", "llama"))
            .ShouldContain("the byte 0");
        Tokenizer("tokenizer.ggml.tokens", null, w => w.Add("tokenizer.ggml.tokens", [1, 2, 3])).ShouldContain("Int32");
        Tokenizer("tokenizer.ggml.tokens", null, w => { }).ShouldContain("no 'tokenizer.ggml.tokens'");
        Tokenizer("tokenizer.ggml.token_type", null, w => w.Add("tokenizer.ggml.token_type", [1, 1]))
            .ShouldContain("2 items for 267 tokens");
        Tokenizer("tokenizer.ggml.scores", null, w => w.Add("tokenizer.ggml.scores", [1f])).ShouldContain("scores");
    }

    [Test]
    public void when_a_norm_is_stored_in_a_way_llama_cpp_aborts_on()
    {
        var path = Rewritten(w => { }, norms: GgmlType.F16);
        Refused(path).Reason.ShouldContain("norm.weight' of 1 dimensions is stored as F16");
    }

    /// <summary>ggml aborted the process over an address that is no multiple of 32.</summary>
    [TestCase(1u, true)]
    [TestCase(2u, true)]
    [TestCase(4u, true)]
    [TestCase(8u, true)]
    [TestCase(8u, false)]
    [TestCase(16u, true)]
    [TestCase(1u << 17, true)]
    public void when_its_weights_are_aligned_in_a_way_llama_cpp_aborts_on(uint alignment, bool odd)
    {
        var good = new TinyBase { Layers = 1 }.Write(_folder["good.gguf"]);
        var error = Refused(DamagedModel.Realign(good, _folder["bad.gguf"], alignment, odd));
        error.Reason.ShouldContain($"'general.alignment' is {alignment}");
        error.Remedy.ShouldContain("alignment of 32");
    }

    [TestCase(16u, false)]
    [TestCase(32u, true)]
    [TestCase(4096u, true)]
    public void but_not_when_another_alignment_serves(uint alignment, bool odd)
    {
        var good = new TinyBase { Layers = 1 }.Write(_folder["good.gguf"]);
        using var usual = EdgeFixtures.Load(good);
        using var other = EdgeFixtures.Load(DamagedModel.Realign(good, _folder["other.gguf"], alignment, odd));
        using var first = usual.OpenSession(EdgeFixtures.Exact);
        using var second = other.OpenSession(EdgeFixtures.Exact);
        first.Feed(EdgeFixtures.SomeTokens(8));
        second.Feed(EdgeFixtures.SomeTokens(8));
        second.LastLogits().ShouldBe(first.LastLogits());
    }

    [TestCase(0u)]
    [TestCase(24u)]
    public void when_its_alignment_is_no_power_of_two(uint alignment) =>
        Refused(Rewritten(w => w.Add("general.alignment", alignment))).Reason.ShouldContain("power of two");

    [Test]
    public void and_a_vocabulary_of_another_size_than_the_embedding()
    {
        var path = Rewritten(
            w =>
                w.Add("tokenizer.ggml.tokens", [.. TinyBase.Tokens, "more"])
                    .Add("tokenizer.ggml.token_type", [.. Enumerable.Repeat(1, 268)]),
            skip: "tokenizer.ggml.token"
        );
        Refused(path).Reason.ShouldBe("The vocabulary has 268 tokens; the model embeds 267.");
    }

    /// <summary>
    /// In another process, where a crash would show. Whatever the files are, they are refused or loaded and evaluated.
    /// </summary>
    [Test]
    public void and_no_damage_ends_the_process()
    {
        using var good = GgufFile.Open(new TinyBase { Layers = 1 }.Write(_folder["good.gguf"]));
        var files = Enumerable.Range(0, 300).Select(seed => _folder[$"damaged{seed}.gguf"]).ToArray();
        for (var seed = 0; seed < files.Length; seed++)
        {
            DamagedModel.Write(good, files[seed], seed);
        }

        var (code, output, errors) = EdgeChild.Run(EdgeChild.Start("load", files));
        code.ShouldBe(0, $"{output[Math.Max(0, output.Length - 300)..]}\n{errors}");
        output.ShouldContain("all done");
        var lines = output.Split('\n');
        var refused = lines.Count(l => l.StartsWith("refused"));
        var loaded = lines.Count(l => l == "loaded");
        TestContext.Out.WriteLine($"{refused} refused, {loaded} loaded");
        (refused + loaded).ShouldBe(files.Length);
        refused.ShouldBeGreaterThan(50);
        loaded.ShouldBeGreaterThan(30);
    }

    private string Tokenizer(string key, string[]? values, Action<GgufWriter>? add = null) =>
        Refused(Rewritten(add ?? (w => w.Add(key, values!)), skip: key)).Message;

    private static BadInputException Refused(string path)
    {
        var error = Should.Throw<BadInputException>(() =>
        {
            using var model = EdgeFixtures.Load(path);
        });
        error.Place.File.ShouldBe(path);
        error.Remedy.ShouldNotBeEmpty();
        return error;
    }

    /// <summary>The tiny base with some keys left out, others added, and its norms stored in another way.</summary>
    private string Rewritten(
        Action<GgufWriter> add,
        string? skip = null,
        string architecture = "llama",
        GgmlType norms = GgmlType.F32
    )
    {
        using var file = GgufFile.Open(new TinyBase { Layers = 1 }.Write(_folder["before.gguf"]));
        var writer = new GgufWriter();
        foreach (
            var key in file.Metadata.Keys.Where(k => skip is null || !k.StartsWith(skip, StringComparison.Ordinal))
        )
        {
            var name = key.Replace("llama.", $"{architecture}.", StringComparison.Ordinal);
            _ = file.Metadata.Find(key) switch
            {
                string v => writer.Add(name, v),
                uint v => writer.Add(name, v),
                float v => writer.Add(name, v),
                bool v => writer.Add(name, v),
                string[] v => writer.Add(name, v),
                int[] v => writer.Add(name, v),
                var other => throw new InvalidOperationException($"{key}: {other}"),
            };
        }

        if (skip == "general.architecture")
        {
            writer.Add("general.architecture", architecture);
        }

        add(writer);
        foreach (var tensor in file.Tensors)
        {
            var type = tensor.Shape.Count == 1 ? norms : tensor.Type;
            writer.AddTensor(tensor.Name, type, tensor.Shape.ToArray(), file.ReadFloats(tensor).AsSpan());
        }

        writer.Write(_folder["rewritten.gguf"]);
        return _folder["rewritten.gguf"];
    }
}
