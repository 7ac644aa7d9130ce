using Distiller.Mining.Deduplicating;
using Distiller.Opsdesk;

namespace Distiller.Tests.Repeating;

/// <summary>
/// Adapters, the shipped base, the sample company and every interval were made with these sequences: another number here
/// is another product. Where nothing else is said, the values were taken from the code before its copies were merged.
/// </summary>
internal sealed class the_same_seed_gives_the_same_numbers
{
    /// <summary>The reference values that implementations of SplitMix64 are commonly checked with (Rosetta Code, Java).</summary>
    [Test]
    public void as_published_for_splitmix64()
    {
        var random = new SplitMix64(1234567);
        Five(random.Next)
            .ShouldBe([
                6457827717110365317,
                3203168211198807973,
                9817491932198370423,
                4593380528125082431,
                16408922859458223821,
            ]);
        SplitMix64.Mix(1234567).ShouldBe(6457827717110365317UL);
        SplitMix64.Mix(0).ShouldBe(16294208416658607535UL);
        SplitMix64.Mix(ulong.MaxValue).ShouldBe(16490336266968443936UL);
    }

    [Test]
    public void below_a_bound()
    {
        var random = new SplitMix64(42);
        Enumerable
            .Range(0, 12)
            .Select(i => random.NextBelow(1000 - (i * 70)))
            .ShouldBe([741, 148, 239, 271, 27, 564, 126, 408, 149, 228, 61, 113]);
        random = new SplitMix64(7);
        Enumerable
            .Range(0, 4)
            .Select(_ => random.NextBelow(int.MaxValue))
            .ShouldBe([837153009, 36052587, 1934368831, 1251833271]);
        Should.Throw<ArgumentOutOfRangeException>(() => random.NextBelow(0));
    }

    [Test]
    public void for_a_tensor_by_its_name()
    {
        var random = new SplitMix64(1, "blk.0.attn_q.weight");
        Enumerable
            .Range(0, 4)
            .Select(_ => random.Next())
            .ShouldBe([12126478615308158815, 4552205359207419891, 2960809849395979149, 15541346082533891272]);
        Enumerable
            .Range(0, 4)
            .Select(_ => random.NextDouble())
            .ShouldBe([0.5706355495991189, 0.1135982785820201, 0.19566744257416058, 0.035757835546791794]);
        Enumerable
            .Range(0, 8)
            .Select(i => random.NextBelow(1 + (i * 1000)))
            .ShouldBe([0, 139, 1114, 2248, 3301, 4380, 4806, 6101]);
        Enumerable
            .Range(0, 4)
            .Select(_ => random.NextNormal())
            .ShouldBe([0.3795646166567546, -0.6128870630225869, 0.9925416428124175, 2.6428168710760187]);
    }

    [Test]
    public void in_a_shuffled_epoch()
    {
        var items = Enumerable.Range(0, 12).ToArray();
        new SplitMix64(9, "epoch é 0").Shuffle(items);
        items.ShouldBe([10, 3, 4, 7, 1, 2, 8, 11, 9, 5, 0, 6]);
    }

    [Test]
    public void for_the_sample_company()
    {
        var random = SeededRandom.For(1, "rules of day é");
        Enumerable
            .Range(0, 4)
            .Select(_ => random.NextBits())
            .ShouldBe([9986292484621191271, 1932793586247236713, 8402197421945826568, 3498751122546689626]);
        Enumerable.Range(0, 6).Select(i => random.Below(10 + i)).ShouldBe([3, 3, 5, 9, 7, 6]);
        random.Fraction().ShouldBe(0.2325467041728999);
        var items = Enumerable.Range(0, 12).ToArray();
        SeededRandom.For(3, "x").Shuffle(items);
        items.ShouldBe([5, 4, 7, 6, 2, 9, 10, 0, 8, 11, 1, 3]);
    }

    [Test]
    public void for_near_duplicates()
    {
        MinHash.Hash("").ShouldBe(14087677454934409008UL);
        MinHash.Hash("u the refund é").ShouldBe(274675970295782314UL);
        var signature = MinHash.Sign([1, 2, 3, 99999999999]);
        signature
            .Take(6)
            .Select(c => (uint)c)
            .ShouldBe([37423793u, 1484399039u, 1392578041u, 1049755159u, 856148294u, 3514915262u]);
        MinHash.Band(signature, 5).ShouldBe(8125283207127548657UL);
    }

    /// <summary>Test vectors of FNV's authors, whose bytes are the units of ASCII text.</summary>
    [TestCase("", 0xcbf29ce484222325UL)]
    [TestCase("a", 0xaf63dc4c8601ec8cUL)]
    [TestCase("foobar", 0x85944171f73967e8UL)]
    public void as_published_for_fnv_1a(string text, ulong hash) => Fnv1a.Hash(text).ShouldBe(hash);

    private static IEnumerable<ulong> Five(Func<ulong> next) => Enumerable.Range(0, 5).Select(_ => next()).ToList();
}
