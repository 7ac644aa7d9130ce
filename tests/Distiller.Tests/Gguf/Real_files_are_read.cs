using Distiller.Gguf;

namespace Distiller.Tests.Gguf;

internal sealed class Real_files_are_read
{
    [Test]
    public void a_converted_model_tells_its_shape_and_vocabulary()
    {
        using var file = GgufFile.Open(SharedFiles.Path("parity/llama-gqa-tied/base.gguf"));

        file.Architecture.ShouldBe("llama");
        file.Metadata.GetUInt32("llama.attention.head_count").ShouldBe(6u);
        file.Metadata.GetUInt32("llama.attention.head_count_kv").ShouldBe(2u);
        file.Metadata.GetFloat32("llama.attention.layer_norm_rms_epsilon").ShouldBe(1e-5f);
        file.Metadata.GetStrings("tokenizer.ggml.tokens").Count.ShouldBe(374);
        file.FindTensor("output.weight").ShouldBeNull("this base is tied");
        var embedding = file.GetTensor("token_embd.weight");
        embedding.Shape.ShouldBe([96L, 374L]);
        file.ReadFloats(embedding).ShouldAllBe(w => float.IsFinite(w));
    }

    [Test]
    public void a_quantized_model_of_a_hundred_megabytes_is_read()
    {
        using var file = GgufFile.Open(
            SharedFiles.Path("models/smollm2-135m-instruct/SmolLM2-135M-Instruct.Q4_1.gguf")
        );

        var weight = file.GetTensor("blk.0.attn_q.weight");
        weight.Type.ShouldBe(GgmlType.Q4_1);
        var values = file.ReadFloats(weight);
        values.Length.ShouldBe(576 * 576);
        // Q4_1 by its definition: scale and minimum in half precision, then low and high nibbles.
        var block = file.ReadBytes(weight).AsSpan(20 * 7, 20);
        var scale = (float)BitConverter.ToHalf(block);
        var least = (float)BitConverter.ToHalf(block[2..]);
        for (var i = 0; i < 32; i++)
        {
            var code = i < 16 ? block[4 + i] & 15 : block[4 + i - 16] >> 4;
            values[(32 * 7) + i].ShouldBe((code * scale) + least, 1e-6f);
        }
    }
}
