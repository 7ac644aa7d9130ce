using System.Numerics.Tensors;

namespace Distiller.Retrieval;

/// <summary>Exact search by cosine: every vector is compared, so the result is no approximation.</summary>
/// <remarks>A vector of zeros has no direction; its cosine with any other counts as 0.</remarks>
public sealed class VectorIndex
{
    private readonly float[][] _vectors;

    /// <param name="vectors">All of one width.</param>
    /// <exception cref="ArgumentException">Their widths differ.</exception>
    public VectorIndex(IEnumerable<ReadOnlyMemory<float>> vectors)
    {
        _vectors = [.. vectors.Select(v => Normalised(v.Span))];
        if (_vectors.Any(v => v.Length != _vectors[0].Length))
        {
            throw new ArgumentException("The vectors differ in width.", nameof(vectors));
        }
    }

    /// <summary>The k nearest, the best first; of equal cosines the lower position.</summary>
    /// <exception cref="ArgumentException">The query's width is not that of the vectors.</exception>
    public IReadOnlyList<TextMatch> Search(ReadOnlySpan<float> query, int k)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        var unit = Normalised(query);
        return
        [
            .. _vectors
                .Select((v, i) => new TextMatch(i, TensorPrimitives.Dot<float>(v, unit)))
                .OrderByDescending(m => m.Score)
                .ThenBy(m => m.Position)
                .Take(k),
        ];
    }

    private static float[] Normalised(ReadOnlySpan<float> vector)
    {
        var norm = TensorPrimitives.Norm(vector);
        var unit = vector.ToArray();
        if (norm > 0)
        {
            TensorPrimitives.Divide(unit, norm, unit);
        }

        return unit;
    }
}
