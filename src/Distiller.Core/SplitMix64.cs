using System.Text;

namespace Distiller.Core;

/// <summary>
/// A seeded generator whose sequence is written down here, so that a figure or a weight can be computed again years later
/// on another runtime, which <see cref="Random"/> does not promise (Steele, Lea and Flood, "Fast splittable pseudorandom
/// number generators", 2014).
/// </summary>
public sealed class SplitMix64(ulong seed)
{
    private const ulong Gamma = 0x9E3779B97F4A7C15;

    private ulong _state = seed;

    /// <summary>A stream for each purpose: what one purpose draws never shifts what another does.</summary>
    public SplitMix64(ulong seed, string purpose)
        : this(seed)
    {
        foreach (var b in Encoding.UTF8.GetBytes(purpose))
        {
            _state = Next() ^ b;
        }
    }

    /// <summary>A bijection of 64 bits that spreads every bit; the first number of the generator seeded with the value.</summary>
    public static ulong Mix(ulong value)
    {
        var z = value + Gamma;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    public ulong Next()
    {
        var next = Mix(_state);
        _state += Gamma;
        return next;
    }

    /// <summary>Uniform in [0, bound), without bias (Lemire, "Fast random integer generation in an interval", 2019).</summary>
    public int NextBelow(int bound)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bound);
        var high = Math.BigMul(Next(), (ulong)bound, out var low);
        if (low < (ulong)bound)
        {
            var threshold = (0 - (ulong)bound) % (ulong)bound;
            while (low < threshold)
            {
                high = Math.BigMul(Next(), (ulong)bound, out low);
            }
        }

        return (int)high;
    }

    /// <summary>Uniform in [0, 1), 53 bits.</summary>
    public double NextDouble() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Mean 0, deviation 1; Box and Muller 1958. 1 - u is never 0.</summary>
    public double NextNormal()
    {
        var radius = Math.Sqrt(-2 * Math.Log(1 - NextDouble()));
        return radius * Math.Cos(2 * Math.PI * NextDouble());
    }

    /// <summary>Fisher and Yates.</summary>
    public void Shuffle(Span<int> items)
    {
        for (var i = items.Length - 1; i > 0; i--)
        {
            var j = NextBelow(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }
}
