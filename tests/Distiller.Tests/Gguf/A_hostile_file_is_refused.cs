using System.Buffers.Binary;
using System.Text;
using Distiller.Gguf;

namespace Distiller.Tests.Gguf;

internal sealed class A_hostile_file_is_refused
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void CreateFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public void a_missing_file_a_folder_and_an_empty_file_are_named()
    {
        File.WriteAllBytes(_folder["empty.gguf"], []);

        Refusal(_folder["none.gguf"]).Message.ShouldContain("none.gguf");
        Refusal(_folder.Path).Reason.ShouldContain("folder");
        Refusal(_folder["empty.gguf"]).Reason.ShouldContain("empty");
    }

    [Test]
    public void another_format_another_version_and_another_byte_order_are_told_apart()
    {
        Refusal(Bytes("GGML"u8.ToArray())).Reason.ShouldContain("GGUF");
        Refusal(Bytes(Start(version: 1))).Reason.ShouldContain("version 1");
        Refusal(Bytes(Start(version: 9))).Reason.ShouldContain("version 9");
        Refusal(Bytes(Start(version: BinaryPrimitives.ReverseEndianness(3u)))).Reason.ShouldContain("big-endian");
    }

    [Test]
    public void absurd_counts_are_refused_before_anything_is_allocated()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        Refusal(Bytes([.. Start(), .. U64(ulong.MaxValue), .. U64(0)])).Reason.ShouldContain("tensor count");
        Refusal(Bytes([.. Start(), .. U64(0), .. U64(1UL << 40)])).Reason.ShouldContain("metadata count");
        Refusal(Bytes(Entry("k", 8, U64(1UL << 50)))).Reason.ShouldContain("'k'");
        Refusal(Bytes(Entry("k", 9, [.. U32(8), .. U64(1UL << 60)]))).Reason.ShouldContain("number of items");
        Refusal(Bytes(Entry("k", 9, [.. U32(12), .. U64(1UL << 61)]))).Reason.ShouldContain("number of items");
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(4 << 20);
    }

    [Test]
    public void lists_of_lists_unknown_types_and_repeated_keys_are_refused()
    {
        Refusal(Bytes(Entry("k", 9, [.. U32(9), .. U64(0)]))).Reason.ShouldContain("list of lists");
        Refusal(Bytes(Entry("k", 13, U64(0)))).Reason.ShouldContain("unknown type 13");
        byte[] one = [.. Key("k"), .. U32(4), .. U32(1)];
        Refusal(Bytes([.. Start(), .. U64(0), .. U64(2), .. one, .. one])).Reason.ShouldContain("twice");
    }

    [TestCase(0u)]
    [TestCase(48u)]
    public void an_alignment_that_is_no_power_of_two_is_refused(uint alignment) =>
        Refusal(Bytes(Entry("general.alignment", 4, U32(alignment)))).Reason.ShouldContain("alignment");

    [Test]
    public void shapes_that_overflow_do_not_fit_or_divide_badly_are_refused()
    {
        Refusal(Tensor([1L << 40, 1L << 40], 0, 0)).Reason.ShouldContain("more numbers");
        Refusal(Tensor([-4], 0, 0)).Reason.ShouldContain("more numbers");
        Refusal(Tensor([0], 0, 0)).Reason.ShouldContain("zero");
        Refusal(Tensor([], 0, 0)).Reason.ShouldContain("0 dimensions");
        Refusal(Tensor([1, 1, 1, 1, 1], 0, 0)).Reason.ShouldContain("5 dimensions");
        Refusal(Tensor([33], 2, 0)).Reason.ShouldContain("multiples of 32");
        Refusal(Tensor([32], 77, 0)).Reason.ShouldContain("type 77");
        Refusal(Tensor([32], 0, ulong.MaxValue)).Reason.ShouldContain("claims to start");
        Refusal(Tensor([32], 0, 32)).Reason.ShouldContain("was expected");
        Refusal(Tensor([1024], 0, 0)).Reason.ShouldContain("bytes");
    }

    [Test]
    public void a_file_cut_off_anywhere_is_refused_with_its_name_and_the_place()
    {
        var whole = File.ReadAllBytes(new TinyBase { Layers = 1 }.Write(_folder["whole.gguf"]));
        var random = new Random(5);
        foreach (var length in Enumerable.Range(0, 150).Select(_ => random.Next(whole.Length - 32)))
        {
            var refusal = Refusal(Bytes(whole[..length]));
            refusal.Place.File.ShouldEndWith("bad.gguf");
            refusal.Remedy.ShouldNotBeEmpty();
            refusal.Reason.ShouldStartWith("At byte ");
        }
    }

    [Test]
    public void damage_at_any_place_gives_a_refusal_or_a_file_that_can_be_read()
    {
        var path = new TinyBase { Layers = 1, Weights = GgmlType.Q4_0 }.Write(_folder["whole.gguf"]);
        var whole = File.ReadAllBytes(path);
        int header;
        using (var file = GgufFile.Open(path))
        {
            header = (int)file.Tensors[0].Offset;
        }

        var random = new Random(7);
        var refused = 0;
        const int trials = 1200;
        for (var trial = 0; trial < trials; trial++)
        {
            var damaged = whole.ToArray();
            for (var n = random.Next(1, 4); n > 0; n--)
            {
                damaged[random.Next(header)] = (byte)(random.Next(3) == 0 ? 0xFF : random.Next(256));
            }

            try
            {
                using var file = GgufFile.Open(Bytes(damaged));
                foreach (var tensor in file.Tensors)
                {
                    file.ReadFloats(tensor);
                }
            }
            catch (BadInputException)
            {
                refused++;
            }
        }

        refused.ShouldBeInRange(trials / 20, trials - 1);
    }

    [Test]
    public void a_missing_key_and_a_key_of_another_type_are_the_files_fault()
    {
        using var file = GgufFile.Open(new TinyBase().Write(_folder["base.gguf"]));

        Should.Throw<BadInputException>(() => file.Metadata.GetUInt32("llama.none")).Reason.ShouldContain("llama.none");
        Should.Throw<BadInputException>(() => file.Metadata.GetUInt32("general.name")).Reason.ShouldContain("whole");
        Should.Throw<BadInputException>(() => file.GetTensor("none.weight")).Reason.ShouldContain("none.weight");
        file.Metadata.GetUInt64("llama.context_length").ShouldBe(4096UL);
        file.Metadata.GetString("none", "otherwise").ShouldBe("otherwise");
    }

    private static BadInputException Refusal(string path) =>
        Should.Throw<BadInputException>(() => GgufFile.Open(path).Dispose());

    private string Bytes(byte[] content)
    {
        File.WriteAllBytes(_folder["bad.gguf"], content);
        return _folder["bad.gguf"];
    }

    private string Tensor(long[] shape, uint type, ulong offset) =>
        Bytes([
            .. Start(),
            .. U64(1),
            .. U64(0),
            .. Key("t"),
            .. U32((uint)shape.Length),
            .. shape.SelectMany(d => U64((ulong)d)),
            .. U32(type),
            .. U64(offset),
            .. new byte[256],
        ]);

    private static byte[] Entry(string key, uint type, byte[] value) =>
        [.. Start(), .. U64(0), .. U64(1), .. Key(key), .. U32(type), .. value];

    private static byte[] Start(uint version = 3) => [.. "GGUF"u8, .. U32(version)];

    private static byte[] Key(string key) => [.. U64((ulong)key.Length), .. Encoding.UTF8.GetBytes(key)];

    private static byte[] U32(uint value) => BitConverter.GetBytes(value);

    private static byte[] U64(ulong value) => BitConverter.GetBytes(value);
}
