using System.Runtime.InteropServices;

namespace Distiller.Lake.Duck;

/// <summary><c>duckdb_result</c>: passed by pointer and, to the fetch function, by value.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct DuckResult
{
#pragma warning disable CS0169, IDE0051 // Only DuckDB reads the fields.
    private ulong _columns;
    private ulong _rows;
    private ulong _changed;
    private nint _columnData;
    private nint _error;
    private nint _internal;
#pragma warning restore CS0169, IDE0051
}
