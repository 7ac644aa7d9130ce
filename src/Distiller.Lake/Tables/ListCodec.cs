using Distiller.Lake.Duck;

namespace Distiller.Lake.Tables;

/// <summary>A list of values; it may be empty but not missing.</summary>
internal sealed unsafe class ListCodec<TValue>(Codec<TValue> element) : Codec<TValue[]>
{
    public override DuckType Type => DuckType.List;

    public override DuckType ElementType => element.Type;

    public override void Write(ReadOnlySpan<TValue[]> values, nint vector)
    {
        var total = 0L;
        foreach (var list in values)
        {
            total += (list ?? throw UnexpectedNull()).Length;
        }

        var all = new TValue[total];
        if (
            DuckNative.duckdb_list_vector_reserve(vector, (ulong)total) != 0
            || DuckNative.duckdb_list_vector_set_size(vector, (ulong)total) != 0
        )
        {
            throw new DuckDbException("A list column could not be enlarged.");
        }

        var entries = (DuckListEntry*)DuckNative.duckdb_vector_get_data(vector);
        var at = 0;
        for (var i = 0; i < values.Length; i++)
        {
            values[i].CopyTo(all, at);
            entries[i] = new DuckListEntry { Offset = (ulong)at, Length = (ulong)values[i].Length };
            at += values[i].Length;
        }

        element.Write(all, DuckNative.duckdb_list_vector_get_child(vector));
    }

    public override void Read(nint vector, int offset, Span<TValue[]> values)
    {
        var validity = DuckNative.duckdb_vector_get_validity(vector);
        var child = DuckNative.duckdb_list_vector_get_child(vector);
        var entries = (DuckListEntry*)DuckNative.duckdb_vector_get_data(vector) + offset;
        for (var i = 0; i < values.Length; i++)
        {
            if (IsNull(validity, offset + i))
            {
                throw UnexpectedNull();
            }

            var list = new TValue[checked((int)entries[i].Length)];
            element.Read(child, checked((int)entries[i].Offset), list);
            values[i] = list;
        }
    }
}
