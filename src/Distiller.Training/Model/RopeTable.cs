namespace Distiller.Training.Model;

/// <summary>
/// cos and sin of every position's angles: theta(p, i) = p * base^(-2i/R) / factor(i), where factor(i) is Llama 3's
/// <c>rope_freqs.weight</c>, or 1; then stretched linearly or by YaRN (Peng et al. 2023, as in ggml's rope_yarn).
/// </summary>
internal sealed class RopeTable
{
    private readonly double[] _frequencies;
    private readonly double _magnitude;
    private float[] _cos = [];
    private float[] _sin = [];

    public RopeTable(RopeSettings settings, IReadOnlyList<float>? factors)
    {
        var half = settings.Dimensions / 2;
        _frequencies = new double[half];
        _magnitude = settings.Scaling is RopeScaling.Yarn ? 1 + 0.1 * Math.Log(settings.Factor) : 1;
        for (var i = 0; i < half; i++)
        {
            var own = Math.Pow(settings.FreqBase, -2.0 * i / settings.Dimensions) / (factors?[i] ?? 1);
            var stretched = own / settings.Factor;
            var keep = settings.Scaling is RopeScaling.Yarn ? YarnShareKept(settings, i) : 0;
            _frequencies[i] = stretched * (1 - keep) + own * keep;
        }
    }

    private int Half => _frequencies.Length;

    /// <summary>cos and sin [N, R/2] of the positions of packed rows.</summary>
    public (Tensor Cos, Tensor Sin) Angles(TokenRows rows, ScalarType type, Device device)
    {
        Grow(rows.Starts.Zip(rows.Lengths, (start, length) => start + length).Max());
        var total = rows.Count;
        var (cos, sin) = (new float[total * Half], new float[total * Half]);
        var at = 0;
        foreach (var (start, length) in rows.Starts.Zip(rows.Lengths))
        {
            Array.Copy(_cos, start * Half, cos, at, length * Half);
            Array.Copy(_sin, start * Half, sin, at, length * Half);
            at += length * Half;
        }

        return (torch.tensor(cos, [total, Half]).to(type, device), torch.tensor(sin, [total, Half]).to(type, device));
    }

    private void Grow(int positions)
    {
        if (_cos.Length >= positions * Half)
        {
            return;
        }

        (_cos, _sin) = (new float[positions * Half], new float[positions * Half]);
        for (var p = 0; p < positions; p++)
        {
            for (var i = 0; i < Half; i++)
            {
                var (s, c) = Math.SinCos(p * _frequencies[i]);
                _cos[p * Half + i] = (float)(c * _magnitude);
                _sin[p * Half + i] = (float)(s * _magnitude);
            }
        }
    }

    // Fast dimensions keep their frequency, slow ones are stretched, with a ramp between those that turn 32 times and
    // once over the original context.
    private static double YarnShareKept(RopeSettings settings, int i)
    {
        double Dimension(double turns) =>
            settings.Dimensions
            * Math.Log(settings.OriginalContext / (turns * 2 * Math.PI))
            / (2 * Math.Log(settings.FreqBase));
        var low = Math.Max(0, Math.Floor(Dimension(32)));
        var high = Math.Min(settings.Dimensions - 1, Math.Ceiling(Dimension(1)));
        return 1 - Math.Clamp((i - low) / Math.Max(0.001, high - low), 0, 1);
    }
}
