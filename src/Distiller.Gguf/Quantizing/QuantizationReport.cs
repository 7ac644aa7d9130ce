namespace Distiller.Gguf;

/// <summary>What quantizing cost, tensor by tensor.</summary>
public sealed record QuantizationReport(IReadOnlyList<TensorQuantization> Tensors)
{
    public double WorstError => Tensors.Count == 0 ? 0 : Tensors.Max(t => t.Error);

    public double MeanError => Tensors.Count == 0 ? 0 : Tensors.Average(t => t.Error);

    public double MeanPlainError => Tensors.Count == 0 ? 0 : Tensors.Average(t => t.PlainError);

    public long BytesF16 => Tensors.Sum(t => t.BytesF16);

    public long BytesInt4 => Tensors.Sum(t => t.BytesInt4);
}
