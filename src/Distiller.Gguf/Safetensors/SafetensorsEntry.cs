namespace Distiller.Gguf;

/// <summary>One tensor of a safetensors file.</summary>
/// <param name="Type">F32, F16 or BF16.</param>
/// <param name="Shape">Outermost dimension first.</param>
/// <param name="Begin">First byte, counted from the end of the header.</param>
public sealed record SafetensorsEntry(string Name, GgmlType Type, IReadOnlyList<int> Shape, long Begin, long End);
