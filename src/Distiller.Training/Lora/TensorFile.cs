using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Distiller.Training.Lora;

/// <summary>
/// Named float32 matrices and text entries in one file, laid out as safetensors: a 64-bit header length, a JSON header
/// padded to 8 bytes, the numbers in the header's order. The same content gives the same bytes; the file appears whole
/// or not at all.
/// </summary>
internal sealed record TensorFile(
    IReadOnlyDictionary<string, string> Texts,
    IReadOnlyList<(string Name, int Rows, int Columns, float[] Values)> Tensors
)
{
    private const int HeaderBytesMax = 1 << 26;

    public void Write(string path)
    {
        var header = Header();
        var full = Path.GetFullPath(path);
        var folder = Path.GetDirectoryName(full)!;
        Directory.CreateDirectory(folder);
        var temporary = Path.Combine(folder, $".{Path.GetFileName(full)}.{Environment.ProcessId}.tmp");
        try
        {
            using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16))
            {
                Span<byte> length = stackalloc byte[8];
                BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
                stream.Write(length);
                stream.Write(header);
                foreach (var t in Tensors)
                {
                    stream.Write(MemoryMarshal.AsBytes(t.Values.AsSpan()));
                }

                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, full, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <exception cref="BadInputException">The file is missing, cut short, or not of this form.</exception>
    public static TensorFile Read(string path)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
            Span<byte> length = stackalloc byte[8];
            stream.ReadExactly(length);
            var headerBytes = BinaryPrimitives.ReadInt64LittleEndian(length);
            if (headerBytes is < 2 or > HeaderBytesMax || headerBytes > stream.Length - 8)
            {
                throw Refused(path, $"The header is said to be {headerBytes} bytes long.");
            }

            var header = new byte[headerBytes];
            stream.ReadExactly(header);
            return Parse(path, header, stream);
        }
        catch (Exception e)
            when (e
                    is IOException
                        or JsonException
                        or UnauthorizedAccessException
                        or InvalidOperationException
                        or FormatException
            )
        {
            throw Refused(path, e.Message, e);
        }
    }

    private static TensorFile Parse(string path, byte[] header, FileStream stream)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        var tensors = new List<(string, int, int, float[])>();
        var expected = 0L;
        using var json = JsonDocument.Parse(header);
        foreach (var entry in json.RootElement.EnumerateObject())
        {
            if (entry.NameEquals("__metadata__"))
            {
                foreach (var text in entry.Value.EnumerateObject())
                {
                    texts[text.Name] = text.Value.GetString() ?? "";
                }

                continue;
            }

            var shape = entry.Value.TryGetProperty("shape", out var s)
                ? s.EnumerateArray().Select(x => x.GetInt64()).ToArray()
                : [];
            var span = entry.Value.TryGetProperty("data_offsets", out var o)
                ? o.EnumerateArray().Select(x => x.GetInt64()).ToArray()
                : [];
            if (
                !entry.Value.TryGetProperty("dtype", out var type)
                || type.GetString() is not "F32"
                || shape is not [(> 0 and <= int.MaxValue) and var rows, (> 0 and <= int.MaxValue) and var columns]
                || span is not [var from, var to]
                || from != expected
                || Int128.Abs((Int128)rows * columns * sizeof(float)) != to - from
                || to > stream.Length - 8 - header.Length
                || (to - from) / sizeof(float) > Array.MaxLength
            )
            {
                throw Refused(path, $"The entry '{entry.Name}' is not a float32 matrix inside the file.");
            }

            expected = to;
            var values = new float[rows * columns];
            stream.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
            tensors.Add((entry.Name, (int)rows, (int)columns, values));
        }

        return expected == stream.Length - 8 - header.Length
            ? new TensorFile(texts, tensors)
            : throw Refused(path, "The file is longer or shorter than its header says.");
    }

    private byte[] Header()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject("__metadata__");
            foreach (var (key, value) in Texts.OrderBy(t => t.Key, StringComparer.Ordinal))
            {
                json.WriteString(key, value);
            }

            json.WriteEndObject();
            var at = 0L;
            foreach (var (name, rows, columns, values) in Tensors)
            {
                json.WriteStartObject(name);
                json.WriteString("dtype", "F32");
                json.WriteStartArray("shape");
                json.WriteNumberValue(rows);
                json.WriteNumberValue(columns);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(at);
                json.WriteNumberValue(at += (long)values.Length * sizeof(float));
                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        buffer.Write(Encoding.ASCII.GetBytes(new string(' ', (int)((8 - buffer.Length % 8) % 8))));
        return buffer.ToArray();
    }

    private static BadInputException Refused(string path, string reason, Exception? inner = null) =>
        new(new SourceLocation(path, 0), reason, "Delete it and let the run write it again.", inner);
}
