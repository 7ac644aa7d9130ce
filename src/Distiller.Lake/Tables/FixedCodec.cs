using Distiller.Lake.Duck;

namespace Distiller.Lake.Tables;

/// <summary>Values of a fixed width, stored as <typeparamref name="TStored"/>.</summary>
internal sealed unsafe class FixedCodec<TValue, TStored>(
    DuckType type,
    Func<TValue, TStored> toStored,
    Func<TStored, TValue> fromStored
) : Codec<TValue>
    where TStored : unmanaged
{
    private static readonly bool Same = typeof(TValue) == typeof(TStored);

    public override DuckType Type => type;

    public override void Write(ReadOnlySpan<TValue> values, nint vector)
    {
        var stored = new Span<TStored>(DuckNative.duckdb_vector_get_data(vector), values.Length);
        if (Same && values is { Length: > 0 })
        {
            System
                .Runtime.InteropServices.MemoryMarshal.CreateReadOnlySpan(
                    ref System.Runtime.CompilerServices.Unsafe.As<TValue, TStored>(
                        ref System.Runtime.InteropServices.MemoryMarshal.GetReference(values)
                    ),
                    values.Length
                )
                .CopyTo(stored);
            return;
        }

        for (var i = 0; i < values.Length; i++)
        {
            stored[i] = toStored(values[i]);
        }
    }

    public override void Read(nint vector, int offset, Span<TValue> values)
    {
        var validity = DuckNative.duckdb_vector_get_validity(vector);
        var stored = (TStored*)DuckNative.duckdb_vector_get_data(vector) + offset;
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = IsNull(validity, offset + i) ? throw UnexpectedNull() : fromStored(stored[i]);
        }
    }
}
