namespace Distiller.Gguf;

/// <summary>A named float32 matrix of a safetensors file.</summary>
/// <param name="Values">[<paramref name="Rows"/>, <paramref name="Columns"/>], row after row.</param>
public sealed record SafetensorsMatrix(string Name, int Rows, int Columns, float[] Values);
