namespace Distiller.Core;

/// <summary>The score interval of a proportion (Wilson, "Probable inference, the law of succession", 1927), 95 %.</summary>
public static class WilsonInterval
{
    /// <summary>The 97.5 % quantile of the normal distribution.</summary>
    private const double Z = 1.959963984540054;

    public static Interval Of(int successes, int trials)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(trials);
        ArgumentOutOfRangeException.ThrowIfNegative(successes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(successes, trials);
        var share = (double)successes / trials;
        var square = Z * Z / trials;
        var centre = (share + square / 2) / (1 + square);
        var half = Z / (1 + square) * Math.Sqrt(share * (1 - share) / trials + square / (4 * trials));
        // At 0 and 1 the bound equals the share exactly; rounding must not move it past the share.
        return new Interval(successes == 0 ? 0 : centre - half, successes == trials ? 1 : centre + half);
    }
}
