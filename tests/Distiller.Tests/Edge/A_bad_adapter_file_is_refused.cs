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
