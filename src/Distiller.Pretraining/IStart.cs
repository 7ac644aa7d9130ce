namespace Distiller.Pretraining;

/// <summary>The weights that a training begins from.</summary>
public interface IStart
{
    /// <summary>W[out, in], row after row. The same question has the same answer.</summary>
    /// <param name="tensor">Its GGUF name: one of <see cref="TinyArchitecture.Weights"/>.</param>
    float[] Values(string tensor, int outer, int inner);
}
