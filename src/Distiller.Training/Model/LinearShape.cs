namespace Distiller.Training.Model;

/// <summary>A weight W[out, in] by its GGUF name, for example <c>blk.0.attn_q.weight</c>.</summary>
public sealed record LinearShape(string Name, int Out, int In);
