using System.Numerics;
using Distiller.Core;
using Microsoft.Win32.SafeHandles;

namespace Distiller.Gguf;

/// <summary>
/// Reads a GGUF header as hostile input. Every length, count and offset is compared with what is left of the file
/// before it is used, and nothing is allocated on a claim alone. Refuses what ggml's own reader would refuse, so that
/// native code never meets a file that has not passed here.
/// </summary>
internal sealed class GgufParser(string path, SafeFileHandle handle)
{
    // ggml's GGML_MAX_DIMS and GGML_MAX_NAME (with its closing zero).
    private const int DimensionsMax = 4;
    private const int NameBytesMax = 63;
    private const int KeyBytesMax = 65_535;

    // Shortest possible entry: key length + type + one byte; name length + dimensions + one dimension + type + offset.
    private const int EntryBytesMin = 8 + 4 + 1;
    private const int TensorBytesMin = 8 + 4 + 8 + 4 + 8;

    private readonly GgufCursor _in = new(path, handle);
    private readonly OrderedDictionary<string, object> _values = new(StringComparer.Ordinal);

    public GgufHeader Parse()
    {
        var version = ReadStart();
        var tensorCount = _in.ReadCount("tensor count", TensorBytesMin);
        var entryCount = _in.ReadCount("metadata count", EntryBytesMin);
        for (var i = 0L; i < entryCount; i++)
        {
            ReadEntry();
        }

        var alignment = Alignment();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var tensors = new List<GgufTensor>();
        for (var i = 0L; i < tensorCount; i++)
        {
            tensors.Add(ReadTensor(seen));
        }

        return new GgufHeader(version, _values, Place(tensors, alignment));
    }

    private int ReadStart()
    {
        if (_in.Length == 0)
        {
            throw _in.Bad(0, "The file is empty.", "Fetch or write it again.");
        }

        if (_in.ReadUInt32("magic") != 0x46554747) // "GGUF"
        {
            throw _in.Bad(0, "The file does not start with 'GGUF'.", "Name a GGUF file.");
        }

        var version = _in.ReadUInt32("version");
        return version switch
        {
            2 or 3 => (int)version,
            1 => throw _in.Bad(4, "The file is GGUF version 1.", "Convert it again: versions 2 and 3 are read."),
            _ when (version & 0xFFFF) == 0 => throw _in.Bad(
                4,
                "The file is a big-endian GGUF.",
                "Convert it for little-endian machines."
            ),
            _ => throw _in.Bad(4, $"GGUF version {version} is unknown.", "Versions 2 and 3 are read."),
        };
    }

    private void ReadEntry()
    {
        var at = _in.Position;
        var key = _in.ReadName("metadata key", KeyBytesMax);
        var value = _in.ReadValue(key);
        if (!_values.TryAdd(key, value))
        {
            throw _in.Bad(at, $"The key '{key}' stands in the file twice.", "Convert or write the file again.");
        }
    }

    private uint Alignment()
    {
        var value = _values.GetValueOrDefault("general.alignment", 32u);
        return value is uint n && BitOperations.IsPow2(n)
            ? n
            : throw _in.Bad(
                _in.Position,
                $"'general.alignment' is {value}; a 32-bit power of two is needed.",
                "Convert or write the file again."
            );
    }

    private GgufTensor ReadTensor(HashSet<string> seen)
    {
        var at = _in.Position;
        var name = _in.ReadName("tensor name", NameBytesMax);
        if (!seen.Add(name))
        {
            throw _in.Bad(at, $"The tensor '{name}' stands in the file twice.", "Convert or write the file again.");
        }

        var dimensions = _in.ReadUInt32("number of dimensions");
        if (dimensions is 0 or > DimensionsMax)
        {
            throw Wrong(at, name, $"has {dimensions} dimensions; 1 to {DimensionsMax} are allowed.");
        }

        var shape = new long[dimensions];
        Int128 elements = 1;
        for (var d = 0; d < shape.Length; d++)
        {
            shape[d] = (long)_in.ReadUInt64("dimension");
            elements = shape[d] > 0 ? elements * shape[d] : 0;
            if (elements <= 0 || elements > long.MaxValue / 8)
            {
                throw Wrong(at, name, "has a dimension of zero or more numbers than can be counted.");
            }
        }

        var type = (GgmlType)_in.ReadUInt32("tensor type");
        if (GgmlLayout.Of(type) is not { } layout)
        {
            throw Wrong(at, name, $"has the unknown type {(uint)type}.");
        }

        if (shape[0] % layout.BlockElements != 0)
        {
            throw Wrong(at, name, $"has rows of {shape[0]}; {type} needs multiples of {layout.BlockElements}.");
        }

        var offset = _in.ReadUInt64("tensor offset");
        if (offset > (ulong)_in.Length)
        {
            throw Wrong(at, name, $"claims to start {offset} bytes into the data; the file has {_in.Length}.");
        }

        var bytes = (Int128)layout.BlockBytes * (elements / layout.BlockElements);
        return bytes <= _in.Length
            ? new GgufTensor(name, type, shape, (long)offset, (long)bytes)
            : throw Wrong(at, name, $"needs {bytes} bytes; the file has {_in.Length}.");
    }

    /// <summary>
    /// Turns offsets into the data section into offsets into the file; ggml wants the tensors without gap or overlap.
    /// </summary>
    private List<GgufTensor> Place(List<GgufTensor> tensors, uint alignment)
    {
        var headerEnd = _in.Position;
        var dataStart = Align(headerEnd, alignment);
        var expected = 0L;
        for (var i = 0; i < tensors.Count; i++)
        {
            var t = tensors[i];
            if (t.Offset != expected)
            {
                throw Wrong(headerEnd, t.Name, $"lies at data offset {t.Offset}; {expected} was expected.");
            }

            tensors[i] = t with { Offset = dataStart + t.Offset };
            if (tensors[i].Offset + t.Bytes > _in.Length)
            {
                throw _in.Bad(
                    headerEnd,
                    $"The tensor '{t.Name}' ends at byte {tensors[i].Offset + t.Bytes}; the file has {_in.Length}.",
                    "The file is cut short: fetch or write it again."
                );
            }

            expected = Align(t.Offset + t.Bytes, alignment);
        }

        return tensors;
    }

    private static long Align(long position, uint alignment) =>
        checked((position + alignment - 1) / alignment * alignment);

    private BadInputException Wrong(long at, string tensor, string reason) =>
        _in.Bad(
            at,
            $"The tensor '{tensor}' {reason}",
            "The file is damaged or made for another runtime: fetch it again."
        );
}

/// <summary>The checked header: metadata and the list of tensors.</summary>
internal sealed record GgufHeader(
    int Version,
    OrderedDictionary<string, object> Values,
    IReadOnlyList<GgufTensor> Tensors
);
