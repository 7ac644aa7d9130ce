using System.ComponentModel.DataAnnotations;

namespace Distiller.Lake;

/// <summary>How much of the machine a DuckDB connection may take.</summary>
/// <param name="MemoryMiB">Limit of its buffers; beyond it DuckDB spills to <paramref name="SpillFolder"/>.</param>
/// <param name="Threads">1 keeps the order of rows and the bytes of written files independent of scheduling.</param>
/// <param name="SpillFolder">Where sorted runs and tables go that do not fit; null forbids spilling.</param>
public sealed record DuckDbOptions(
    [property: Range(64, 1 << 24)] int MemoryMiB = 1024,
    [property: Range(1, 1024)] int Threads = 1,
    string? SpillFolder = null
);
