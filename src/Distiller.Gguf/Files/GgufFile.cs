using System.Security.Cryptography;
using Distiller.Core;
using Microsoft.Win32.SafeHandles;

namespace Distiller.Gguf;

/// <summary>
/// An opened GGUF file (version 2 or 3, little-endian) whose header has been checked in full: every tensor lies inside
/// the file, is aligned, and has a size that its type allows. Data is read when asked for. A file that is not like that
/// is refused with <see cref="BadInputException"/>. Reading is safe from several threads.
/// </summary>
public sealed class GgufFile : IDisposable
{
    private readonly SafeFileHandle _handle;
    private readonly Dictionary<string, GgufTensor> _byName;
    private string? _sha256;

    private GgufFile(string path, SafeFileHandle handle, GgufHeader header)
    {
        Path = path;
        _handle = handle;
        Version = header.Version;
        Metadata = new GgufMetadata(path, header.Values);
        Tensors = header.Tensors;
        _byName = header.Tensors.ToDictionary(t => t.Name, StringComparer.Ordinal);
    }

    public string Path { get; }

    /// <summary>2 or 3.</summary>
    public int Version { get; }

    public GgufMetadata Metadata { get; }

    /// <summary><c>general.architecture</c>: <c>llama</c>, <c>qwen2</c>, ...</summary>
    public string Architecture => Metadata.GetString("general.architecture");

    /// <summary>All tensors, in file order.</summary>
    public IReadOnlyList<GgufTensor> Tensors { get; }

    public long FileBytes => RandomAccess.GetLength(_handle);

    public static GgufFile Open(string path)
    {
        var handle = InputFile.Open(path, "a GGUF file");
        try
        {
            return new GgufFile(path, handle, new GgufParser(path, handle).Parse());
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Null when the file has no such tensor.</summary>
    public GgufTensor? FindTensor(string name) => _byName.GetValueOrDefault(name);

    /// <summary>The tensor, or <see cref="BadInputException"/> where it is absent.</summary>
    public GgufTensor GetTensor(string name) =>
        FindTensor(name)
        ?? throw new BadInputException(
            new SourceLocation(Path, 0),
            $"The file has no tensor '{name}'.",
            "Use a complete GGUF file of a supported architecture."
        );

    /// <summary>Stored bytes of the whole tensor.</summary>
    public byte[] ReadBytes(GgufTensor tensor)
    {
        var bytes = new byte[Countable(tensor, tensor.Bytes)];
        InputFile.ReadExactly(_handle, Path, bytes, tensor.Offset);
        return bytes;
    }

    /// <summary>
    /// The whole tensor as 32-bit floats, row after row; <paramref name="destination"/> must hold exactly its elements.
    /// </summary>
    public void ReadFloats(GgufTensor tensor, Span<float> destination)
    {
        if (destination.Length != tensor.Elements)
        {
            throw new ArgumentException(
                $"{tensor.Name} has {tensor.Elements} numbers; the destination holds {destination.Length}.",
                nameof(destination)
            );
        }

        var layout = GgmlLayout.Of(tensor.Type) ?? throw new ArgumentException("The type is unknown.", nameof(tensor));
        var dequantizer = Dequantizer.For(tensor.Type, Path, tensor.Name);
        // About 1 MB of stored blocks at a time: large tensors need no second copy of themselves.
        var blocksPerChunk = Math.Max(1, (1 << 20) / layout.BlockBytes);
        var buffer = new byte[Math.Min(tensor.Bytes, (long)blocksPerChunk * layout.BlockBytes)];
        var (read, written) = (0L, 0);
        while (read < tensor.Bytes)
        {
            var take = (int)Math.Min(buffer.Length, tensor.Bytes - read);
            var chunk = buffer.AsSpan(0, take);
            InputFile.ReadExactly(_handle, Path, chunk, tensor.Offset + read);
            var elements = take / layout.BlockBytes * layout.BlockElements;
            dequantizer.Run(chunk, destination.Slice(written, elements));
            read += take;
            written += elements;
        }
    }

    public float[] ReadFloats(GgufTensor tensor)
    {
        var values = new float[Countable(tensor, tensor.Elements)];
        ReadFloats(tensor, values);
        return values;
    }

    /// <summary>Lower-case hexadecimal SHA-256 of the whole file, computed once.</summary>
    public string Sha256()
    {
        if (_sha256 is null)
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var buffer = new byte[1 << 20];
            int n;
            for (var at = 0L; (n = RandomAccess.Read(_handle, buffer, at)) > 0; at += n)
            {
                hash.AppendData(buffer, 0, n);
            }

            _sha256 = Convert.ToHexStringLower(hash.GetHashAndReset());
        }

        return _sha256;
    }

    private long Countable(GgufTensor tensor, long count) =>
        count <= Array.MaxLength
            ? count
            : throw new BadInputException(
                new SourceLocation(Path, 0),
                $"The tensor '{tensor.Name}' has {count} items, more than one array holds.",
                "Use a smaller base model."
            );

    public void Dispose() => _handle.Dispose();
}
