using Distiller.Lake.Duck;

namespace Distiller.Lake.Tables;

/// <summary>Moves values of one .NET type in and out of DuckDB vectors.</summary>
internal abstract unsafe class Codec<TValue>
{
    public abstract DuckType Type { get; }

    public virtual DuckType ElementType => DuckType.Invalid;

    public abstract void Write(ReadOnlySpan<TValue> values, nint vector);

    /// <summary>Reads the values from <paramref name="offset"/> on.</summary>
    public abstract void Read(nint vector, int offset, Span<TValue> values);

    protected static void SetNull(nint vector, int row)
    {
        DuckNative.duckdb_vector_ensure_validity_writable(vector);
        DuckNative.duckdb_validity_set_row_invalid(DuckNative.duckdb_vector_get_validity(vector), (ulong)row);
    }

    protected static bool IsNull(ulong* validity, int row) =>
        validity != null && (validity[row >> 6] & (1ul << (row & 63))) == 0;

    protected static DuckDbException UnexpectedNull() => new("A value is missing in a column that must have one.");
}
