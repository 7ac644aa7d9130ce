using Distiller.Gguf;

namespace Distiller.Tests.Quantizing;

internal sealed class Q4_0_is_ggmls
{
    [Test]
    public void plain_encoding_gives_ggmls_bytes()
    {
        foreach (var values in Inputs())
        {
            Q4Block.EncodePlain(values).ShouldBe(TensorEncoder.Encode(GgmlType.Q4_0, values, values.Length));
        }
    }

    [Test]
    public void decoding_gives_ggmls_floats_bit_for_bit_even_for_random_bytes()
    {
        var random = new Random(11);
        for (var trial = 0; trial < 200; trial++)
        {
            var blocks = new byte[Q4Block.Bytes * 64];
            random.NextBytes(blocks);
            var ours = new float[Q4Block.Elements * 64];
            Q4Block.Decode(blocks, ours);

            // NaN scales have several bit patterns; the factor check refuses them before anything uses them.
            var theirs = Dequantized(blocks);
            for (var i = 0; i < ours.Length; i++)
            {
                (float.IsNaN(ours[i]) ? float.NaN : ours[i]).ShouldBe(theirs[i]);
            }
        }
    }

    [Test]
    public void every_code_and_finite_scale_stands_for_code_minus_eight_times_scale()
    {
        var values = new float[Q4Block.Elements];
        for (var bits = 0; bits < 65536; bits += 7)
        {
            var scale = BitConverter.UInt16BitsToHalf((ushort)bits);
            if (!Half.IsFinite(scale))
            {
                continue;
            }

            byte[] block =
            [
                .. BitConverter.GetBytes(scale),
                .. Enumerable.Range(0, 16).Select(i => (byte)(i | ((15 - i) << 4))),
            ];
            Q4Block.Decode(block, values);
            for (var i = 0; i < 16; i++)
            {
                ((double)values[i]).ShouldBe((i - 8) * (double)scale);
                ((double)values[i + 16]).ShouldBe((15 - i - 8) * (double)scale);
            }
        }
    }

    [Test]
    public void a_length_that_is_no_multiple_of_32_is_refused() =>
        Should.Throw<ArgumentException>(() => Q4Block.EncodePlain(new float[33]));

    private static IEnumerable<float[]> Inputs()
    {
        yield return new float[32];
        yield return [.. Enumerable.Repeat(0.25f, 32)];
        yield return [.. Enumerable.Repeat(-3f, 64)];
        yield return [.. Enumerable.Range(0, 32).Select(i => i == 17 ? 1000f : 0.001f * i)];
        yield return [.. Enumerable.Range(0, 32).Select(i => i % 2 == 0 ? 1f : -1f)];
        yield return [.. Enumerable.Repeat(1e-9f, 32)];
        var random = new Random(2);
        for (var trial = 0; trial < 300; trial++)
        {
            var magnitude = MathF.Pow(10, (float)((random.NextDouble() * 8) - 6));
            yield return [.. Enumerable.Range(0, 256).Select(_ => (float)(random.NextDouble() - 0.5) * magnitude)];
        }
    }

    private static unsafe float[] Dequantized(byte[] blocks)
    {
        var routine = (delegate* unmanaged[Cdecl]<byte*, float*, long, void>)
            LlamaLibrary.GgmlExport("dequantize_row_q4_0");
        var values = new float[blocks.Length / Q4Block.Bytes * Q4Block.Elements];
        fixed (byte* from = blocks)
        fixed (float* to = values)
        {
            routine(from, to, values.Length);
        }

        return values;
    }
}
