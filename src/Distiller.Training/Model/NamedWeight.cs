namespace Distiller.Training.Model;

/// <summary>A weight by its GGUF name: an embedding [V, D] or a matrix W[out, in].</summary>
public sealed record NamedWeight(string Name, Tensor Weight);
