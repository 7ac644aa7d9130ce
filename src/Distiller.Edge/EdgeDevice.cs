namespace Distiller.Edge;

/// <summary>A device ggml can compute on.</summary>
public sealed record EdgeDevice(string Name, string Description, bool IsCpu, long MemoryFreeBytes, long MemoryBytes);
