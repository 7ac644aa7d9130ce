using Distiller.Edge;
using Distiller.Gguf;

namespace Distiller.Tests.Edge;

public sealed class A_bad_adapter_file_is_refused
{
    private static readonly TinyBase Tiny = new();

    private TemporaryFolder _folder = null!;
    private EdgeModel _model = null!;

    [OneTimeSetUp]
    public void Load()
    {
        _folder = new TemporaryFolder();
        _model = EdgeFixtures.LoadTiny(_folder, Tiny);
    }

    [OneTimeTearDown]
    public void Unload()
    {
        _model.Dispose();
        _folder.Dispose();
    }

    [Test]
    public void when_it_is_cut_short_or_no_adapter()
    {
        var bytes = File.ReadAllBytes(EdgeFixtures.WriteAdapter(_folder["whole.gguf"], Tiny));
        File.WriteAllBytes(_folder["bad.gguf"], bytes[..(bytes.Length / 2)]);
        Refused();
        Tiny.Write(_folder["bad.gguf"]);
        Refused();
        File.Delete(_folder["bad.gguf"]);
        Refused();
    }

    [Test]
    public void when_it_is_made_for_another_architecture_or_shape()
    {
        EdgeFixtures.WriteAdapter(_folder["bad.gguf"], Tiny, architecture: "qwen2");
        Refused();
        EdgeFixtures.WriteAdapter(_folder["bad.gguf"], Tiny with { Width = 32 });
        Refused();
        EdgeFixtures.WriteAdapter(_folder["bad.gguf"], Tiny with { Layers = 3 });
        Refused();
    }

    /// <summary>llama.cpp would end the process on the first and the second of these.</summary>
    [Test]
    public void when_it_changes_what_cannot_be_changed()
    {
        Write("token_embd.weight", 64, TinyBase.Tokens.Count, GgmlType.F32);
        Refused();
        Write("blk.0.attn_q.weight", 64, 64, GgmlType.I8);
        Refused();
        Write("blk.0.attn_norm.weight", 64, 64, GgmlType.F32);
        Refused();
        Write("blk.0.nothing.weight", 64, 64, GgmlType.F32);
        Refused();
    }

    [Test]
    public void when_a_factor_is_alone()
    {
        var writer = Header().AddTensor("blk.0.attn_q.weight.lora_a", GgmlType.F32, [64, 4], new float[256].AsSpan());
        writer.Write(_folder["bad.gguf"]);
        Refused();
    }

    [Test]
    public void when_its_alpha_is_stored_in_a_way_llama_cpp_aborts_on()
    {
        // A 64-bit float: four bytes more in the header, taken from the padding before the data.
        Header()
            .Add("general.name", "leaves padding")
            .AddTensor("blk.0.attn_q.weight.lora_a", GgmlType.F32, [64, 4], new float[256].AsSpan())
            .AddTensor("blk.0.attn_q.weight.lora_b", GgmlType.F32, [4, 64], new float[256].AsSpan())
            .Write(_folder["bad.gguf"]);
        int data;
        using (var file = GgufFile.Open(_folder["bad.gguf"]))
        {
            data = (int)file.Tensors[0].Offset;
        }

        var bytes = File.ReadAllBytes(_folder["bad.gguf"]);
        bytes[(data - 4)..data].ShouldAllBe(b => b == 0);
        var value = bytes.AsSpan().IndexOf("adapter.lora.alpha"u8) + "adapter.lora.alpha".Length;
        byte[] alpha = [12, 0, 0, 0, .. BitConverter.GetBytes(8.0)];
        File.WriteAllBytes(
            _folder["bad.gguf"],
            [.. bytes[..value], .. alpha, .. bytes[(value + 8)..(data - 4)], .. bytes[data..]]
        );
        Should
            .Throw<BadInputException>(() => _model.LoadAdapter(_folder["bad.gguf"]))
            .Reason.ShouldBe("'adapter.lora.alpha' is no 32-bit float.");
    }

    [Test]
    public void when_it_waits_for_invocation_tokens()
    {
        Header()
            .Add("adapter.alora.invocation_tokens", [1, 2])
            .AddTensor("blk.0.attn_q.weight.lora_a", GgmlType.F32, [64, 4], new float[256].AsSpan())
            .AddTensor("blk.0.attn_q.weight.lora_b", GgmlType.F32, [4, 64], new float[256].AsSpan())
            .Write(_folder["bad.gguf"]);
        Should.Throw<BadInputException>(() => _model.LoadAdapter(_folder["bad.gguf"])).Reason.ShouldContain("aLoRA");
    }

    [Test]
    public void when_it_names_another_base()
    {
        Header()
            .Add("distiller.base.sha256", new string('0', 64))
            .AddTensor("blk.0.attn_q.weight.lora_a", GgmlType.F32, [64, 4], new float[256].AsSpan())
            .AddTensor("blk.0.attn_q.weight.lora_b", GgmlType.F32, [4, 64], new float[256].AsSpan())
            .Write(_folder["bad.gguf"]);
        Should
            .Throw<BadInputException>(() => _model.LoadAdapter(_folder["bad.gguf"]))
            .Reason.ShouldContain(_model.Sha256);
    }

    /// <summary>In another process, where a crash would show.</summary>
    [Test]
    public void and_no_damage_ends_the_process()
    {
        using var good = GgufFile.Open(EdgeFixtures.WriteAdapter(_folder["good.gguf"], Tiny));
        var files = Enumerable.Range(0, 300).Select(seed => _folder[$"damaged{seed}.gguf"]).ToArray();
        for (var seed = 0; seed < files.Length; seed++)
        {
            DamagedModel.Write(good, files[seed], seed);
        }

        var (code, output, errors) = EdgeChild.Run(EdgeChild.Start("attach", [_model.Path, .. files]));
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

    private void Refused() =>
        Should
            .Throw<BadInputException>(() => _model.LoadAdapter(_folder["bad.gguf"]))
            .Place.File.ShouldEndWith("bad.gguf");

    private static GgufWriter Header() =>
        new GgufWriter()
            .Add("general.type", "adapter")
            .Add("general.architecture", "llama")
            .Add("adapter.type", "lora")
            .Add("adapter.lora.alpha", 8f);

    private void Write(string name, int inner, int outer, GgmlType type)
    {
        var size = (int)GgmlLayout.Of(type)!.Value.Bytes(1);
        Header()
            .AddTensor($"{name}.lora_a", type, [inner, 4], new byte[inner * 4 * size])
            .AddTensor($"{name}.lora_b", type, [4, outer], new byte[outer * 4 * size])
            .Write(_folder["bad.gguf"]);
    }
}
