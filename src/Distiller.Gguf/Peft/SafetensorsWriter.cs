using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Distiller.Gguf;

/// <summary>Writes F32 tensors as the safetensors library does: sorted by name, header padded with blanks to eight bytes.</summary>
internal static class SafetensorsWriter
{
    public static void Write(string path, IEnumerable<(string Name, int Rows, int Columns, float[] Values)> tensors)
    {
        var sorted = tensors.OrderBy(t => t.Name, StringComparer.Ordinal).ToList();
        var header = Header(sorted);
        AtomicFile.Write(
            path,
            stream =>
            {
                Span<byte> size = stackalloc byte[8];
                BinaryPrimitives.WriteInt64LittleEndian(size, header.Length);
                stream.Write(size);
                stream.Write(header);
                foreach (var (_, _, _, values) in sorted)
                {
                    stream.Write(MemoryMarshal.AsBytes(values.AsSpan()));
                }
            }
        );
    }

    private static byte[] Header(List<(string Name, int Rows, int Columns, float[] Values)> tensors)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject("__metadata__");
            json.WriteString("format", "pt");
            json.WriteEndObject();
            var offset = 0L;
            foreach (var (name, rows, columns, values) in tensors)
            {
                json.WriteStartObject(name);
                json.WriteString("dtype", "F32");
                WriteNumbers(json, "shape", rows, columns);
                WriteNumbers(json, "data_offsets", offset, offset += values.LongLength * sizeof(float));
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        while (buffer.Length % 8 != 0)
        {
            buffer.WriteByte((byte)' ');
        }

        return buffer.ToArray();
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, long first, long second)
    {
        json.WriteStartArray(name);
        json.WriteNumberValue(first);
        json.WriteNumberValue(second);
        json.WriteEndArray();
    }
}
