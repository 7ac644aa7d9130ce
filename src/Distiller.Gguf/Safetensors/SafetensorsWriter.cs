using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using Distiller.Core;

namespace Distiller.Gguf;

/// <summary>
/// Writes a safetensors file: a 64-bit header length, a JSON header padded with blanks to eight bytes, the numbers. The same
/// content gives the same bytes; the file appears whole or not at all.
/// </summary>
public static class SafetensorsWriter
{
    /// <param name="texts">The metadata; written in the order of the keys.</param>
    /// <param name="matrices">Written in this order. The safetensors library itself sorts by name.</param>
    public static void Write(
        string path,
        IReadOnlyDictionary<string, string> texts,
        IReadOnlyList<SafetensorsMatrix> matrices
    )
    {
        var header = Header(texts, matrices);
        AtomicFile.Write(
            path,
            stream =>
            {
                Span<byte> size = stackalloc byte[8];
                BinaryPrimitives.WriteInt64LittleEndian(size, header.Length);
                stream.Write(size);
                stream.Write(header);
                foreach (var matrix in matrices)
                {
                    stream.Write(MemoryMarshal.AsBytes(matrix.Values.AsSpan()));
                }
            }
        );
    }

    private static byte[] Header(IReadOnlyDictionary<string, string> texts, IReadOnlyList<SafetensorsMatrix> matrices)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject("__metadata__");
            foreach (var (key, text) in texts.OrderBy(t => t.Key, StringComparer.Ordinal))
            {
                json.WriteString(key, text);
            }

            json.WriteEndObject();
            var offset = 0L;
            foreach (var (name, rows, columns, values) in matrices)
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
