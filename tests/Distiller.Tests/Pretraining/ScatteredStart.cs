using Distiller.Pretraining;

namespace Distiller.Tests.Pretraining;

/// <summary>Random numbers everywhere, so that every weight matters to the result.</summary>
internal sealed class ScatteredStart : IStart
{
    public float[] Values(string tensor, int outer, int inner)
    {
        // string.GetHashCode differs from run to run
        var random = new Random(tensor.Aggregate(7, (hash, c) => unchecked(hash * 31 + c)));
        var scale = 2 / Math.Sqrt(inner);
        return [.. Enumerable.Range(0, outer * inner).Select(_ => (float)(scale * (2 * random.NextDouble() - 1)))];
    }

    public static Dictionary<string, float[]> Of(TinyArchitecture architecture)
    {
        var start = new ScatteredStart();
        return architecture.Weights.ToDictionary(
            w => w.Name,
            w => start.Values(w.Name, w.Out, w.In),
            StringComparer.Ordinal
        );
    }
}
