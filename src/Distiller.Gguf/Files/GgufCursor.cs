using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Distiller.Core;
using Microsoft.Win32.SafeHandles;

namespace Distiller.Gguf;

/// <summary>
/// A forward reader over a header that tracks its position and what is left of the file, and names both in errors.
/// </summary>
internal sealed class GgufCursor(string path, SafeFileHandle handle)
{
    private const int TextBytesMax = 64 << 20;
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    private readonly byte[] _buffer = new byte[1 << 16];
    private int _start;
    private int _end;
    private long _bufferOffset;

    public long Length { get; } = RandomAccess.GetLength(handle);

    public long Position => _bufferOffset + _start;

    private long Left => Length - Position;

    public BadInputException Bad(long at, string reason, string remedy) =>
        new(new SourceLocation(path, 0), $"At byte {at}: {reason}", remedy);

    public uint ReadUInt32(string what) => BinaryPrimitives.ReadUInt32LittleEndian(Take(4, what));

    public ulong ReadUInt64(string what) => BinaryPrimitives.ReadUInt64LittleEndian(Take(8, what));

    /// <summary>
    /// A count of things that take at least <paramref name="bytesEach"/> bytes each in what is left of the file.
    /// </summary>
    public long ReadCount(string what, int bytesEach)
    {
        var at = Position;
        var count = ReadUInt64(what);
        return count <= (ulong)(Left / bytesEach)
            ? (long)count
            : throw Bad(at, $"The {what} is {count}, more than the file can hold.", "It is damaged: fetch it again.");
    }

    /// <summary>
    /// A key or a tensor name: not empty, valid UTF-8, no control characters (native code reads it as a C string).
    /// </summary>
    public string ReadName(string what, int bytesMax)
    {
        var at = Position;
        var count = ReadCount($"length of a {what}", 1);
        if (count == 0 || count > bytesMax)
        {
            throw Bad(
                at,
                $"A {what} is {count} bytes long; 1 to {bytesMax} are allowed.",
                "It is damaged: fetch it again."
            );
        }

        try
        {
            var name = Strict.GetString(ReadBytes((int)count, what));
            return !name.Any(char.IsControl)
                ? name
                : throw Bad(at, $"A {what} holds control characters.", "It is damaged: fetch it again.");
        }
        catch (DecoderFallbackException e)
        {
            throw new BadInputException(
                new SourceLocation(path, 0),
                $"At byte {at}: A {what} is not UTF-8.",
                "It is damaged: fetch it again.",
                e
            );
        }
    }

    public object ReadValue(string key)
    {
        var at = Position;
        var type = (GgufValueType)ReadUInt32($"type of '{key}'");
        return type switch
        {
            GgufValueType.Text => ReadText(key),
            GgufValueType.Array => ReadArray(key),
            GgufValueType.UInt8 => Take(1, key)[0],
            GgufValueType.Int8 => (sbyte)Take(1, key)[0],
            GgufValueType.UInt16 => BinaryPrimitives.ReadUInt16LittleEndian(Take(2, key)),
            GgufValueType.Int16 => BinaryPrimitives.ReadInt16LittleEndian(Take(2, key)),
            GgufValueType.UInt32 => BinaryPrimitives.ReadUInt32LittleEndian(Take(4, key)),
            GgufValueType.Int32 => BinaryPrimitives.ReadInt32LittleEndian(Take(4, key)),
            GgufValueType.Float32 => BinaryPrimitives.ReadSingleLittleEndian(Take(4, key)),
            GgufValueType.Bool => Take(1, key)[0] != 0,
            GgufValueType.UInt64 => BinaryPrimitives.ReadUInt64LittleEndian(Take(8, key)),
            GgufValueType.Int64 => BinaryPrimitives.ReadInt64LittleEndian(Take(8, key)),
            GgufValueType.Float64 => BinaryPrimitives.ReadDoubleLittleEndian(Take(8, key)),
            _ => throw Bad(
                at,
                $"The value of '{key}' has the unknown type {(uint)type}.",
                "It is damaged: fetch it again."
            ),
        };
    }

    private object ReadArray(string key)
    {
        var at = Position;
        var type = (GgufValueType)ReadUInt32($"item type of '{key}'");
        return type switch
        {
            GgufValueType.UInt8 => ReadBlock<byte>(key),
            GgufValueType.Int8 => ReadBlock<sbyte>(key),
            GgufValueType.UInt16 => ReadBlock<ushort>(key),
            GgufValueType.Int16 => ReadBlock<short>(key),
            GgufValueType.UInt32 => ReadBlock<uint>(key),
            GgufValueType.Int32 => ReadBlock<int>(key),
            GgufValueType.Float32 => ReadBlock<float>(key),
            GgufValueType.UInt64 => ReadBlock<ulong>(key),
            GgufValueType.Int64 => ReadBlock<long>(key),
            GgufValueType.Float64 => ReadBlock<double>(key),
            GgufValueType.Bool => Array.ConvertAll(ReadBlock<byte>(key), b => b != 0),
            GgufValueType.Text => ReadTexts(key),
            // ggml refuses lists of lists as well.
            GgufValueType.Array => throw Bad(at, $"'{key}' is a list of lists.", "Write the file without it."),
            _ => throw Bad(at, $"The items of '{key}' have the unknown type {(uint)type}.", "Fetch the file again."),
        };
    }

    private T[] ReadBlock<T>(string key)
        where T : unmanaged
    {
        var at = Position;
        var size = System.Runtime.CompilerServices.Unsafe.SizeOf<T>();
        var count = ReadCount($"number of items of '{key}'", size);
        if (count > TextBytesMax / size)
        {
            throw Bad(at, $"'{key}' has {count} items.", "Metadata lists of up to 64 MiB are read.");
        }

        var items = new List<T>();
        while (items.Count < count)
        {
            var take = (int)Math.Min(_buffer.Length / size, count - items.Count);
            items.AddRange(MemoryMarshal.Cast<byte, T>(Take(take * size, key)));
        }

        return [.. items];
    }

    private string[] ReadTexts(string key)
    {
        var count = ReadCount($"number of items of '{key}'", sizeof(ulong));
        var items = new List<string>();
        while (items.Count < count)
        {
            items.Add(ReadText(key));
        }

        return [.. items];
    }

    private string ReadText(string key)
    {
        var at = Position;
        var count = ReadCount($"length of a text of '{key}'", 1);
        return count <= TextBytesMax
            ? Encoding.UTF8.GetString(ReadBytes((int)count, key))
            : throw Bad(at, $"A text of '{key}' is {count} bytes long.", "Texts of up to 64 MiB are read.");
    }

    private byte[] ReadBytes(int count, string what)
    {
        var bytes = new byte[count];
        var filled = 0;
        while (filled < count)
        {
            var take = Math.Min(_buffer.Length, count - filled);
            Take(take, what).CopyTo(bytes.AsSpan(filled));
            filled += take;
        }

        return bytes;
    }

    /// <summary>The next <paramref name="count"/> bytes (at most the buffer's length); valid until the next call.</summary>
    private ReadOnlySpan<byte> Take(int count, string what)
    {
        if (count > Left)
        {
            throw Bad(Position, $"The file ends inside: {what}.", "It is cut short: fetch or write it again.");
        }

        if (_end - _start < count)
        {
            _bufferOffset += _start;
            (_start, _end) = (0, (int)Math.Min(_buffer.Length, Length - _bufferOffset));
            InputFile.ReadExactly(handle, path, _buffer.AsSpan(0, _end), _bufferOffset);
        }

        var span = _buffer.AsSpan(_start, count);
        _start += count;
        return span;
    }
}

/// <summary>Types of metadata values, numbered as in the format.</summary>
internal enum GgufValueType : uint
{
    UInt8 = 0,
    Int8 = 1,
    UInt16 = 2,
    Int16 = 3,
    UInt32 = 4,
    Int32 = 5,
    Float32 = 6,
    Bool = 7,
    Text = 8,
    Array = 9,
    UInt64 = 10,
    Int64 = 11,
    Float64 = 12,
}
