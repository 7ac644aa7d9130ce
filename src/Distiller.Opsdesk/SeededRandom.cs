using System.Numerics;

namespace Distiller.Opsdesk;

/// <summary>
/// xoshiro256** (Blackman and Vigna 2018), seeded through SplitMix64: the same draws on every platform and for every
/// version of the runtime, which <see cref="Random"/> does not promise.
/// </summary>
public sealed class SeededRandom
{
    private ulong _a;
    private ulong _b;
    private ulong _c;
    private ulong _d;

    public SeededRandom(ulong seed)
    {
        var state = new SplitMix64(seed);
        (_a, _b, _c, _d) = (state.Next(), state.Next(), state.Next(), state.Next());
    }

    /// <summary>A stream of its own for a purpose: what one purpose draws never shifts what another does.</summary>
    public static SeededRandom For(long seed, string purpose) => new(SplitMix64.Mix(Fnv1a.Hash(purpose)) ^ (ulong)seed);

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
}
