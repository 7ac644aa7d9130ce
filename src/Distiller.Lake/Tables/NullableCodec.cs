using Distiller.Lake.Duck;

namespace Distiller.Lake.Tables;

/// <summary>A value that may be missing.</summary>
internal sealed unsafe class NullableCodec<TValue>(Codec<TValue> inner) : Codec<TValue?>
    where TValue : struct
{
    public override DuckType Type => inner.Type;

    public override void Write(ReadOnlySpan<TValue?> values, nint vector)
    {
        var present = new TValue[values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            present[i] = values[i].GetValueOrDefault();
        }

        inner.Write(present, vector);
        for (var i = 0; i < values.Length; i++)
        {
            if (values[i] is null)
            {
                SetNull(vector, i);
            }
        }
    }

    public override void Read(nint vector, int offset, Span<TValue?> values)
    {
        var validity = DuckNative.duckdb_vector_get_validity(vector);
        var one = new TValue[1];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = null;
            if (!IsNull(validity, offset + i))
            {
                inner.Read(vector, offset + i, one);
                values[i] = one[0];
            }
        }
    }
}
