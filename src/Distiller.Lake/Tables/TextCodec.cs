using System.Text;
using Distiller.Lake.Duck;

namespace Distiller.Lake.Tables;

/// <summary>Text as UTF-8.</summary>
internal sealed unsafe class TextCodec(bool nullable) : Codec<string>
{
    public override DuckType Type => DuckType.Varchar;

    public override void Write(ReadOnlySpan<string> values, nint vector)
    {
        var buffer = Array.Empty<byte>();
        for (var i = 0; i < values.Length; i++)
        {
            if (values[i] is not { } text)
            {
                if (!nullable)
                {
                    throw UnexpectedNull();
                }

                SetNull(vector, i);
                continue;
            }

            var most = Encoding.UTF8.GetMaxByteCount(text.Length);
            if (buffer.Length < most)
            {
                buffer = new byte[most];
            }

            var length = Encoding.UTF8.GetBytes(text, buffer);
            fixed (byte* bytes = buffer)
            {
                DuckNative.duckdb_vector_assign_string_element_len(vector, (ulong)i, bytes, (ulong)length);
            }
        }
    }

    public override void Read(nint vector, int offset, Span<string> values)
    {
        var validity = DuckNative.duckdb_vector_get_validity(vector);
        var texts = (DuckText*)DuckNative.duckdb_vector_get_data(vector) + offset;
        for (var i = 0; i < values.Length; i++)
        {
            values[i] =
                !IsNull(validity, offset + i) ? DuckText.Read(texts + i)
                : nullable ? null!
                : throw UnexpectedNull();
        }
    }
}
