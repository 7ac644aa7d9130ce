namespace Distiller.Training.Lora;

/// <summary>One weight's trained factors: A[r, in], B[out, r].</summary>
internal sealed record LoraFactors(string BaseTensor, Tensor A, Tensor B);
