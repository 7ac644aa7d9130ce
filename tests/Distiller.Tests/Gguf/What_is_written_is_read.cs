using System.Runtime.InteropServices;
using Distiller.Gguf;

namespace Distiller.Tests.Gguf;

internal sealed class What_is_written_is_read
{
    [Test]
    public void every_kind_of_value_comes_back()
    {
        using var folder = new TemporaryFolder();
        new GgufWriter()
            .Add("text", "na\u00efve \u2713")
            .Add("u32", uint.MaxValue)
            .Add("i32", -7)
            .Add("u64", ulong.MaxValue)
            .Add("i64", long.MinValue)
            .Add("f32", 0.1f)
            .Add("yes", true)
            .Add("texts", ["", "b"])
            .Add("numbers", [int.MinValue, 3])
            .Add("floats", [1.5f, float.NaN])
            .Write(folder["f.gguf"]);

        using var file = GgufFile.Open(folder["f.gguf"]);
        var m = file.Metadata;
        m.GetString("text").ShouldBe("na\u00efve \u2713");
        m.GetUInt32("u32").ShouldBe(uint.MaxValue);
        m.GetInt32("i32").ShouldBe(-7);
        m.GetUInt64("u64").ShouldBe(ulong.MaxValue);
        Should.Throw<BadInputException>(() => m.GetUInt32("i32"));
        m.Find("i64").ShouldBe(long.MinValue);
        m.GetFloat32("f32").ShouldBe(0.1f);
        m.GetBool("yes").ShouldBeTrue();
        m.GetStrings("texts").ShouldBe(["", "b"]);
        m.GetIntegers("numbers").ShouldBe([int.MinValue, 3L]);
        m.GetFloats("floats")[1].ShouldBe(float.NaN);
        m.Keys.Count.ShouldBe(10);
        file.Tensors.ShouldBeEmpty();
    }

    [TestCase(GgmlType.F32, 0)]
    [TestCase(GgmlType.F16, 1e-3)]
    [TestCase(GgmlType.BF16, 5e-3)]
    [TestCase(GgmlType.Q8_0, 1e-2)]
    [TestCase(GgmlType.Q4_0, 0.11)]
    [TestCase(GgmlType.Q4_1, 0.11)]
    [TestCase(GgmlType.Q4_K, 0.1)]
    [TestCase(GgmlType.Q6_K, 0.03)]
    public void tensors_come_back_as_exactly_as_their_type_allows(GgmlType type, double relativeErrorMax)
    {
        using var folder = new TemporaryFolder();
        var random = new Random(3);
        var values = Enumerable.Range(0, 256 * 3).Select(_ => (float)(random.NextDouble() - 0.5)).ToArray();
        new GgufWriter()
            .AddTensor("first", GgmlType.F32, [5], values.AsSpan(0, 5))
            .AddTensor("second", type, [256, 3], values)
            .Write(folder["f.gguf"]);

        using var file = GgufFile.Open(folder["f.gguf"]);
        file.ReadFloats(file.GetTensor("first")).ShouldBe(values[..5]);
        var back = file.ReadFloats(file.GetTensor("second"));
        var error = back.Zip(values, (a, b) => (double)(a - b) * (a - b)).Sum();
        Math.Sqrt(error / values.Sum(v => (double)v * v)).ShouldBeLessThanOrEqualTo(relativeErrorMax);
    }

    [Test]
    public void half_precision_is_what_ggml_reads_for_every_bit_pattern()
    {
        using var folder = new TemporaryFolder();
        var patterns = Enumerable.Range(0, 65536).Select(i => (ushort)i).ToArray();
        new GgufWriter()
            .AddTensor("all", GgmlType.F16, [65536], MemoryMarshal.AsBytes(patterns.AsSpan()).ToArray())
            .Write(folder["f.gguf"]);

        using var file = GgufFile.Open(folder["f.gguf"]);
        var floats = file.ReadFloats(file.GetTensor("all"));
        for (var i = 0; i < patterns.Length; i++)
        {
            floats[i].ShouldBe((float)BitConverter.UInt16BitsToHalf(patterns[i]));
        }
    }

    [Test]
    public void sizes_of_all_types_are_ggmls()
    {
        foreach (var type in Enum.GetValues<GgmlType>())
        {
            var layout = GgmlLayout.Of(type).ShouldNotBeNull();
            (GgmlSizes.BlockElements((int)type), GgmlSizes.BlockBytes((int)type)).ShouldBe(
                (layout.BlockElements, layout.BlockBytes),
                type.ToString()
            );
        }
    }

    [Test]
    public void the_hash_is_the_files()
    {
        using var folder = new TemporaryFolder();
        using var file = GgufFile.Open(new TinyBase().Write(folder["base.gguf"]));

        var expected = System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(folder["base.gguf"]));
        file.Sha256().ShouldBe(Convert.ToHexStringLower(expected));
    }

    private static unsafe class GgmlSizes
    {
        public static long BlockElements(int type) =>
            ((delegate* unmanaged[Cdecl]<int, long>)LlamaLibrary.GgmlExport("ggml_blck_size"))(type);

        public static long BlockBytes(int type) =>
            (long)((delegate* unmanaged[Cdecl]<int, nuint>)LlamaLibrary.GgmlExport("ggml_type_size"))(type);
    }
}
