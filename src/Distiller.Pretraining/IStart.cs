namespace Distiller.Pretraining;

/// <summary>Initial weights of a pre-training.</summary>
public interface IStart
{
    /// <summary>W[out, in], row after row; repeated calls return the same values.</summary>
    /// <param name="tensor">Its GGUF name: one of <see cref="TinyArchitecture.Weights"/>.</param>
    float[] Values(string tensor, int outer, int inner);
}

/// <summary>
/// Normal random numbers: the embedding with a deviation of 0.1, what reads the residual stream with 0.8 / sqrt(in), and
/// zero for what writes to it, so that the token itself is not drowned after the first layer.
/// </summary>
public sealed class RandomStart(ulong seed) : IStart
{
    public float[] Values(string tensor, int outer, int inner)
    {
        var writes =
            tensor.EndsWith("attn_output.weight", StringComparison.Ordinal)
            || tensor.EndsWith("ffn_down.weight", StringComparison.Ordinal);
        var values = new float[checked(outer * inner)];
        if (writes)
        {
            return values;
        }

        var deviation = tensor.StartsWith("token_embd", StringComparison.Ordinal) ? 0.1 : 0.8 / Math.Sqrt(inner);
        var random = new SplitMix64(seed, tensor);
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = (float)(deviation * random.NextNormal());
        }

        return values;
    }
}
