using System.Text;
using Distiller.Core;

namespace Distiller.Gguf;

/// <summary>
/// Collects metadata and tensors and writes them as one GGUF version 3 file, in the order in which they were added:
/// the same calls give the same bytes. The file appears whole or not at all.
/// </summary>
public sealed class GgufWriter
{
    private const int Alignment = 32;
    private const int NameBytesMax = 63;

    private readonly List<(string Key, Action<BinaryWriter> Value)> _entries = [];
    private readonly List<(string Name, GgmlType Type, long[] Shape, ReadOnlyMemory<byte> Data)> _tensors = [];
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    public GgufWriter Add(string key, string value) => Entry(key, GgufValueType.Text, w => WriteText(w, value));

    public GgufWriter Add(string key, uint value) => Entry(key, GgufValueType.UInt32, w => w.Write(value));

    public GgufWriter Add(string key, int value) => Entry(key, GgufValueType.Int32, w => w.Write(value));

    public GgufWriter Add(string key, ulong value) => Entry(key, GgufValueType.UInt64, w => w.Write(value));

    public GgufWriter Add(string key, long value) => Entry(key, GgufValueType.Int64, w => w.Write(value));

    public GgufWriter Add(string key, float value) => Entry(key, GgufValueType.Float32, w => w.Write(value));

    public GgufWriter Add(string key, bool value) => Entry(key, GgufValueType.Bool, w => w.Write(value));

    public GgufWriter Add(string key, IReadOnlyList<string> values) => List(key, GgufValueType.Text, values, WriteText);

    public GgufWriter Add(string key, IReadOnlyList<int> values) =>
        List(key, GgufValueType.Int32, values, (w, v) => w.Write(v));

    public GgufWriter Add(string key, IReadOnlyList<float> values) =>
        List(key, GgufValueType.Float32, values, (w, v) => w.Write(v));

    /// <summary>Adds a tensor that is encoded already.</summary>
    /// <param name="shape">Innermost dimension first; W[out, in] is <c>[in, out]</c>.</param>
    /// <param name="data">Stored blocks, exactly as many as the shape needs.</param>
    public GgufWriter AddTensor(string name, GgmlType type, ReadOnlySpan<long> shape, ReadOnlyMemory<byte> data)
    {
        var layout = GgmlLayout.Of(type) ?? throw new ArgumentException($"{type} is unknown.", nameof(type));
        var tensor = new GgufTensor(name, type, shape.ToArray(), 0, data.Length);
        if (
            shape.IsEmpty
            || shape.Length > 4
            || tensor.Elements <= 0
            || shape[0] % layout.BlockElements != 0
            || layout.Bytes(tensor.Elements) != data.Length
        )
        {
            throw new ArgumentException($"{name}: {data.Length} bytes do not fit the shape.", nameof(data));
        }

        if (name.Length == 0 || Encoding.UTF8.GetByteCount(name) > NameBytesMax || !_names.Add(name))
        {
            throw new ArgumentException($"'{name}' is too long or there already.", nameof(name));
        }

        _tensors.Add((name, type, shape.ToArray(), data));
        return this;
    }

    /// <summary>Encodes the values (row after row) as <paramref name="type"/> and adds them.</summary>
    public GgufWriter AddTensor(string name, GgmlType type, ReadOnlySpan<long> shape, ReadOnlySpan<float> values) =>
        AddTensor(name, type, shape, TensorEncoder.Encode(type, values, shape[0]));

    public void Write(string path) =>
        AtomicFile.Write(
            path,
            stream =>
            {
                using var w = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true);
                w.Write("GGUF"u8);
                w.Write(3u);
                w.Write((ulong)_tensors.Count);
                w.Write((ulong)_entries.Count);
                foreach (var (key, value) in _entries)
                {
                    WriteText(w, key);
                    value(w);
                }

                WriteTensors(w);
            }
        );

    private void WriteTensors(BinaryWriter w)
    {
        var offset = 0L;
        foreach (var (name, type, shape, data) in _tensors)
        {
            WriteText(w, name);
            w.Write((uint)shape.Length);
            foreach (var d in shape)
            {
                w.Write((ulong)d);
            }

            w.Write((uint)type);
            w.Write((ulong)offset);
            offset += data.Length + Padding(data.Length);
        }

        w.Flush();
        w.Write(new byte[Padding(w.BaseStream.Position)]);
        foreach (var (_, _, _, data) in _tensors)
        {
            w.Write(data.Span);
            w.Write(new byte[Padding(data.Length)]);
        }
    }

    private GgufWriter Entry(string key, GgufValueType type, Action<BinaryWriter> value)
    {
        if (key.Length == 0 || !_names.Add($"key:{key}"))
        {
            throw new ArgumentException($"'{key}' is there already.", nameof(key));
        }

        _entries.Add(
            (
                key,
                w =>
                {
                    w.Write((uint)type);
                    value(w);
                }
            )
        );
        return this;
    }

    private GgufWriter List<T>(
        string key,
        GgufValueType type,
        IReadOnlyList<T> values,
        Action<BinaryWriter, T> write
    ) =>
        Entry(
            key,
            GgufValueType.Array,
            w =>
            {
                w.Write((uint)type);
                w.Write((ulong)values.Count);
                foreach (var value in values)
                {
                    write(w, value);
                }
            }
        );

    private static void WriteText(BinaryWriter w, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        w.Write((ulong)bytes.Length);
        w.Write(bytes);
    }

    private static int Padding(long length) => (int)((Alignment - (length % Alignment)) % Alignment);
}
