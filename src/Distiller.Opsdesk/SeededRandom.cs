using System.Numerics;

namespace Distiller.Opsdesk;

/// <summary>
/// xoshiro256** (Blackman and Vigna 2018), seeded through SplitMix64: the same draws on every platform and for every
/// version of the runtime, which <see cref="Random"/> does not promise.
/// </summary>
public sealed class SeededRandom
{
    private const ulong GoldenGamma = 0x9E3779B97F4A7C15UL;

    private ulong _a;
    private ulong _b;
    private ulong _c;
    private ulong _d;

    public SeededRandom(ulong seed)
    {
        _a = SplitMix(ref seed);
        _b = SplitMix(ref seed);
        _c = SplitMix(ref seed);
        _d = SplitMix(ref seed);
    }

    /// <summary>A stream of its own for a purpose: what one purpose draws never shifts what another does.</summary>
    public static SeededRandom For(long seed, string purpose)
    {
        // 64-bit FNV-1a.
        var hash = 14_695_981_039_346_656_037UL;
        foreach (var c in purpose)
        {
            hash = (hash ^ c) * 1_099_511_628_211UL;
        }

        var state = hash;
        return new SeededRandom(SplitMix(ref state) ^ (ulong)seed);
    }

    public ulong NextBits()
    {
        var result = BitOperations.RotateLeft(_b * 5, 7) * 9;
        var t = _b << 17;
        _c ^= _a;
        _d ^= _b;
        _b ^= _c;
        _a ^= _d;
        _c ^= t;
        _d = BitOperations.RotateLeft(_d, 45);
        return result;
    }

    /// <summary>A whole number from 0 to <paramref name="bound"/> - 1, without bias.</summary>
    public int Below(int bound)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bound);
        var range = (ulong)bound;
        var rest = (ulong.MaxValue % range) + 1; // 2^64 mod range, or range itself.
        var limit = rest == range ? ulong.MaxValue : ulong.MaxValue - rest;
        var bits = NextBits();
        while (bits > limit)
        {
            bits = NextBits();
        }

        return (int)(bits % range);
    }

    /// <summary>A whole number from <paramref name="low"/> to <paramref name="high"/>, both included.</summary>
    public int Between(int low, int high) => low + Below(high - low + 1);

    /// <summary>A number in [0, 1) with 53 random bits.</summary>
    public double Fraction() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    public T Pick<T>(IReadOnlyList<T> items) => items[Below(items.Count)];

    /// <summary>Fisher and Yates.</summary>
    public void Shuffle<T>(IList<T> items)
    {
        for (var i = items.Count - 1; i > 0; i--)
        {
            var j = Below(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    /// <summary><paramref name="count"/> different items in random order.</summary>
    public IReadOnlyList<T> Sample<T>(IEnumerable<T> items, int count)
    {
        var all = items.ToList();
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, all.Count);
        Shuffle(all);
        return all.GetRange(0, count);
    }

    /// <summary>Steele, Lea and Flood 2014.</summary>
    private static ulong SplitMix(ref ulong state)
    {
        var z = state += GoldenGamma;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}
