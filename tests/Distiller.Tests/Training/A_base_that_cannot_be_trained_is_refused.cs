using System.Runtime.InteropServices;
using Distiller.Gguf;
using Distiller.Training.Model;
using Distiller.Training.Torch;

namespace Distiller.Tests.Training;

internal sealed class A_base_that_cannot_be_trained_is_refused
{
    private static readonly TestCaseData[] Settings =
    [
        new("general.architecture", "mamba", "mamba"),
        new("llama.rope.scaling.type", "longrope", "longrope"),
        new("llama.rope.scaling.factor", 4f, "without its kind"),
        new("llama.rope.scale_linear", 2f, "without its kind"),
        new("llama.rope.scaling.attn_factor", 2f, "attn_factor"),
        new("llama.rope.freq_base", float.NaN, "freq_base"),
        new("llama.rope.dimension_count", 7u, "dimension_count"),
        new("llama.rope.dimension_count", 8u, "dimension_count"),
        new("llama.rope.dimension_count", 64u, "dimension_count"),
        new("llama.attention.head_count", 3u, "3 heads"),
        new("llama.attention.head_count_kv", 8u, "head_count_kv"),
        new("llama.attention.layer_norm_rms_epsilon", 0f, "epsilon"),
        new("llama.block_count", 3u, "blk.2."),
        new("llama.block_count", 1u, "blk.1."),
        new("llama.block_count", 4_000_000_000u, "block_count"),
        new("llama.embedding_length", 32u, "token_embd.weight"),
        new("llama.feed_forward_length", 127u, "ffn_"),
        new("llama.feed_forward_length", 2_000_000_000u, "feed_forward_length"),
        new("llama.attention.key_length", 32u, "key heads of 32"),
        new("llama.attention.value_length", 8u, "Value heads of 8"),
        new("llama.expert_count", 8u, "experts"),
    ];

    [TestCaseSource(nameof(Settings))]
    public void for_its_settings_with_file_and_reason(string key, object value, string reason)
    {
        using var folder = new TemporaryFolder();
        var plain = new TinyBase().Write(folder["base.gguf"]);
        var path = GgufCopy.Write(plain, folder["odd.gguf"], new Dictionary<string, object> { [key] = value });

        var refusal = Should.Throw<BadInputException>(() => Load(path));
        refusal.Place.File.ShouldBe(path);
        (key is "general.architecture" ? refusal.Message : refusal.Reason).ShouldContain(reason);
    }

    [TestCase("token_embd.weight")]
    [TestCase("output_norm.weight")]
    [TestCase("blk.0.attn_q.weight")]
    [TestCase("blk.1.ffn_norm.weight")]
    [TestCase("blk.1.attn_k_norm.weight")]
    public void for_a_missing_tensor_by_its_name(string tensor)
    {
        using var folder = new TemporaryFolder();
        var plain = new TinyBase { Architecture = "qwen3" }.Write(folder["base.gguf"]);
        var refusal = Should.Throw<BadInputException>(() =>
            Load(GgufCopy.Write(plain, folder["odd.gguf"], drop: tensor))
        );
        refusal.Message.ShouldContain(tensor);
        refusal.Message.ShouldContain("odd.gguf");
    }

    [TestCase("blk.0.attn_sinks.weight", 4L)]
    [TestCase("blk.0.attn_q.bias", 63L)]
    [TestCase("rope_freqs.weight", 8L)]
    public void for_a_tensor_that_would_be_left_out_or_has_no_sense(string tensor, long width)
    {
        using var folder = new TemporaryFolder();
        var plain = new TinyBase().Write(folder["base.gguf"]);
        Should
            .Throw<BadInputException>(() => Load(GgufCopy.Write(plain, folder["odd.gguf"], add: (tensor, [width]))))
            .Message.ShouldContain(tensor);
    }

    [Test]
    public void and_rows_that_do_not_fit_are_refused_before_native_code_sees_them()
    {
        using var folder = new TemporaryFolder();
        using var model = Parity.Load(new TinyBase { Context = 16 }.Write(folder["base.gguf"]));
        using var scope = torch.NewDisposeScope();
        Should.Throw<BadInputException>(() => model.Logits(new TokenRows([1, TinyBase.Tokens.Count])));
        Should.Throw<BadInputException>(() => model.Logits(new TokenRows([-1])));
        Should.Throw<BadInputException>(() => model.Logits(new TokenRows(new int[17]))).Message.ShouldContain("16");
        Should.Throw<ArgumentException>(() => new TokenRows([1], []));
        Should.Throw<ArgumentException>(() => new TokenRows());
        Should.Throw<ExternalException>(() => model.Logits(new TokenRows([1]), positions: [1]));
    }

    [Test]
    public void an_untied_output_and_biases_of_llama_are_taken()
    {
        using var folder = new TemporaryFolder();
        var tied = new TinyBase().Write(folder["tied.gguf"]);
        var untied = new TinyBase { Tied = false }.Write(folder["untied.gguf"]);
        using var one = Parity.Load(tied);
        using var two = Parity.Load(untied);
        using var three = Parity.Load(GgufCopy.Write(tied, folder["bias.gguf"], add: ("blk.0.attn_q.bias", [64])));
        one.IsTied.ShouldBeTrue();
        two.IsTied.ShouldBeFalse();
        three.IsTied.ShouldBeTrue();
    }

    private static void Load(string path)
    {
        using var file = GgufFile.Open(path);
        BaseModel.Load(file, Device.Cpu).Dispose();
    }
}
