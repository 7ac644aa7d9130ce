using System.Buffers.Binary;
using System.Text.Json;
using Distiller.Core;
using Microsoft.Win32.SafeHandles;

namespace Distiller.Gguf;

/// <summary>
/// A safetensors file, read as hostile input: eight bytes of header length, a JSON header, then the tensors without gap
/// or overlap.
/// </summary>
public sealed class SafetensorsFile : IDisposable
{
    private const long HeaderBytesMax = 100_000_000;

    private readonly Dictionary<string, string> _texts = new(StringComparer.Ordinal);
    private readonly string _path;
    private readonly string _remedy;
    private readonly SafeFileHandle _handle;
    private readonly long _dataStart;

    private SafetensorsFile(string path, string remedy, SafeFileHandle handle)
    {
        (_path, _remedy, _handle) = (path, remedy, handle);
        var length = RandomAccess.GetLength(handle);
        Span<byte> size = stackalloc byte[8];
        if (length < size.Length)
        {
            throw Bad($"The file has {length} bytes; the header's length alone takes 8.");
        }

        InputFile.ReadExactly(handle, path, size, 0);
        var header = BinaryPrimitives.ReadUInt64LittleEndian(size);
        if (header > (ulong)Math.Min(HeaderBytesMax, length - size.Length))
        {
            throw Bad($"At byte 0: the header claims {header} bytes; the file has {length}.");
        }

        var json = new byte[header];
        InputFile.ReadExactly(handle, path, json, size.Length);
        _dataStart = size.Length + (long)header;
        Entries = Parse(json, length - _dataStart);
    }

    /// <summary>Entries of the header, in the order of their data.</summary>
    public IReadOnlyList<SafetensorsEntry> Entries { get; }

    /// <summary>The metadata.</summary>
    public IReadOnlyDictionary<string, string> Texts => _texts;

    /// <param name="remedy">Advice to the user for a damaged file.</param>
    /// <exception cref="BadInputException">The file is missing, cut short, or not of this form.</exception>
    public static SafetensorsFile Open(string path, string remedy = "Write or fetch the adapter again.")
    {
        var handle = InputFile.Open(path, "a safetensors file");
        try
        {
            return new SafetensorsFile(path, remedy, handle);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>All tensors of a file that holds nothing but float32 matrices, in the order of their data.</summary>
    public IReadOnlyList<SafetensorsMatrix> ReadMatrices() =>
        [
            .. Entries.Select(e =>
                e is { Type: GgmlType.F32, Shape: [var rows, var columns] }
                    ? new SafetensorsMatrix(e.Name, rows, columns, ReadFloats(e))
                    : throw Bad($"'{e.Name}' is not a float32 matrix.")
            ),
        ];

    public float[] ReadFloats(SafetensorsEntry entry)
    {
        var bytes = new byte[entry.End - entry.Begin];
        InputFile.ReadExactly(_handle, _path, bytes, _dataStart + entry.Begin);
        var values = new float[bytes.Length / GgmlLayout.Of(entry.Type)!.Value.BlockBytes];
        Dequantizer.For(entry.Type, _path, entry.Name).Run(bytes, values);
        return values;
    }

    public void Dispose() => _handle.Dispose();

    private List<SafetensorsEntry> Parse(byte[] json, long dataBytes)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var names = new HashSet<string>(StringComparer.Ordinal);
            var entries = new List<SafetensorsEntry>();
            foreach (var property in document.RootElement.EnumerateObject())
            {
                if (!names.Add(property.Name))
                {
                    throw Bad($"'{property.Name}' stands in the header twice.");
                }

                if (property.NameEquals("__metadata__"))
                {
                    ParseTexts(property.Value);
                }
                else
                {
                    entries.Add(ParseEntry(property));
                }
            }

            entries.Sort((x, y) => (x.Begin, x.End).CompareTo((y.Begin, y.End)));
            RequireGapless(entries, dataBytes);
            return entries;
        }
        // System.Text.Json's complaints about wrong kinds, missing properties and numbers that do not fit.
        catch (Exception e)
            when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new BadInputException(
                new SourceLocation(_path, 0),
                $"The header is not that of a safetensors file: {e.Message}",
                _remedy,
                e
            );
        }
    }

    private void ParseTexts(JsonElement metadata)
    {
        foreach (var text in metadata.EnumerateObject())
        {
            if (!_texts.TryAdd(text.Name, text.Value.GetString() ?? ""))
            {
                throw Bad($"'{text.Name}' stands in the metadata twice.");
            }
        }
    }

    private SafetensorsEntry ParseEntry(JsonProperty property)
    {
        var type = property.Value.GetProperty("dtype").GetString() switch
        {
            "F32" => GgmlType.F32,
            "F16" => GgmlType.F16,
            "BF16" => GgmlType.BF16,
            var other => throw Bad($"'{property.Name}' is stored as {other}; F32, F16 and BF16 are read."),
        };
        var shape = property.Value.GetProperty("shape").EnumerateArray().Select(d => d.GetInt32()).ToArray();
        var offsets = property.Value.GetProperty("data_offsets").EnumerateArray().Select(o => o.GetInt64()).ToArray();
        Int128 bytes = GgmlLayout.Of(type)!.Value.BlockBytes;
        foreach (var d in shape)
        {
            bytes = d > 0 && bytes <= int.MaxValue ? bytes * d : 0;
        }

        if (offsets is not [>= 0, >= 0] || bytes == 0 || bytes > int.MaxValue || offsets[1] - offsets[0] != bytes)
        {
            throw Bad(
                $"'{property.Name}' of shape [{string.Join(", ", shape)}] does not fit its place "
                    + $"[{string.Join(", ", offsets)}]."
            );
        }

        return new SafetensorsEntry(property.Name, type, shape, offsets[0], offsets[1]);
    }

    private void RequireGapless(List<SafetensorsEntry> entries, long dataBytes)
    {
        var expected = 0L;
        foreach (var entry in entries)
        {
            if (entry.Begin != expected)
            {
                throw Bad($"'{entry.Name}' starts at data byte {entry.Begin}; {expected} was expected.");
            }

            expected = entry.End;
        }

        if (expected != dataBytes)
        {
            throw Bad($"The tensors take {expected} bytes; the file holds {dataBytes}.");
        }
    }

    private BadInputException Bad(string reason) => new(new SourceLocation(_path, 0), reason, _remedy);
}

/// <summary>One tensor of a safetensors file.</summary>
/// <param name="Type">F32, F16 or BF16.</param>
/// <param name="Shape">Outermost dimension first.</param>
/// <param name="Begin">First byte, counted from the end of the header.</param>
public sealed record SafetensorsEntry(string Name, GgmlType Type, IReadOnlyList<int> Shape, long Begin, long End);

/// <summary>A named float32 matrix of a safetensors file.</summary>
/// <param name="Values">[<paramref name="Rows"/>, <paramref name="Columns"/>], row after row.</param>
public sealed record SafetensorsMatrix(string Name, int Rows, int Columns, float[] Values);
