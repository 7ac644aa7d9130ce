using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using Distiller.Core;
using Distiller.Gguf;

namespace Distiller.Edge;

/// <summary>
/// The file of a saved cache: 8 bytes of magic, the header's length (int32, little-endian), the header as JSON, the last
/// logits (float32), llama.cpp's data. llama.cpp's own file does not say which model and adapter it belongs to.
/// </summary>
internal static class SessionState
{
    private const int HeaderBytesMax = 64 << 20;

    private static ReadOnlySpan<byte> Magic => "DSTLKV01"u8;

    public static void Save(string path, StateBinding binding, int[] tokens, float[]? logits, byte[] data)
    {
        var header = JsonSerializer.SerializeToUtf8Bytes(
            new SessionStateHeader(
                LlamaLibrary.SupportedCommit,
                binding.ModelSha256,
                binding.AdapterSha256,
                binding.AdapterScale,
                binding.Exact,
                logits?.Length ?? 0,
                Hash(MemoryMarshal.AsBytes(logits.AsSpan()), data),
                tokens
            ),
            EdgeJson.Default.SessionStateHeader
        );
        AtomicFile.Write(
            path,
            stream =>
            {
                stream.Write(Magic);
                Span<byte> length = stackalloc byte[sizeof(int)];
                BinaryPrimitives.WriteInt32LittleEndian(length, header.Length);
                stream.Write(length);
                stream.Write(header);
                stream.Write(MemoryMarshal.AsBytes(logits.AsSpan()));
                stream.Write(data);
            }
        );
    }

    /// <summary>The tokens of a saved cache, without reading the cache; null: it belongs to something else, or is damaged.</summary>
    public static int[]? TokensOf(string path, StateBinding binding)
    {
        try
        {
            using var file = File.OpenRead(path);
            Span<byte> start = stackalloc byte[Magic.Length + sizeof(int)];
            file.ReadExactly(start);
            var length = BinaryPrimitives.ReadInt32LittleEndian(start[Magic.Length..]);
            if (!start.StartsWith(Magic) || length is < 1 or > HeaderBytesMax || length > file.Length)
            {
                return null;
            }

            var json = new byte[length];
            file.ReadExactly(json);
            var header = ReadHeader(path, json);
            RefuseOthers(path, header, binding);
            return header.Tokens;
        }
        catch (Exception e) when (e is BadInputException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public static (int[] Tokens, float[]? Logits, byte[] Data) Load(string path, StateBinding binding)
    {
        byte[] all;
        try
        {
            all = File.ReadAllBytes(path);
        }
        catch (IOException e)
        {
            throw new BadInputException(
                new SourceLocation(path, 0),
                "The saved state cannot be read.",
                "Evaluate the prompt again.",
                e
            );
        }

        var start = Magic.Length + sizeof(int);
        if (all.Length < start || !all.AsSpan().StartsWith(Magic))
        {
            throw Bad(path, "This is no saved state.");
        }

        var length = BinaryPrimitives.ReadInt32LittleEndian(all.AsSpan(Magic.Length));
        if (length is < 1 or > HeaderBytesMax || length > all.Length - start)
        {
            throw Bad(path, $"Its header claims {length} bytes; the file has {all.Length}.");
        }

        var header = ReadHeader(path, all.AsSpan(start, length));
        RefuseOthers(path, header, binding);
        var scoreBytes = header.LogitsCount * sizeof(float);
        var content = all.AsSpan(start + length);
        if (
            (header.LogitsCount != 0 && header.LogitsCount != binding.VocabularySize)
            || scoreBytes > content.Length
            || header.ContentSha256 != Hash(content, [])
        )
        {
            throw Bad(path, "It is damaged: its content is not what was saved.");
        }

        return (
            header.Tokens,
            scoreBytes == 0 ? null : MemoryMarshal.Cast<byte, float>(content[..scoreBytes]).ToArray(),
            content[scoreBytes..].ToArray()
        );
    }

    private static SessionStateHeader ReadHeader(string path, ReadOnlySpan<byte> json)
    {
        try
        {
            var header = JsonSerializer.Deserialize(json, EdgeJson.Default.SessionStateHeader);
            return header is { Tokens: not null, ContentSha256: not null }
                ? header
                : throw Bad(path, "Its header is empty.");
        }
        catch (JsonException e)
        {
            throw Bad(path, $"Its header is not what was written: {e.Message}");
        }
    }

    private static void RefuseOthers(string path, SessionStateHeader header, StateBinding binding)
    {
        if (header.LlamaVersion != LlamaLibrary.SupportedCommit)
        {
            throw Bad(path, $"It was saved by llama.cpp {header.LlamaVersion}, not {LlamaLibrary.SupportedCommit}.");
        }

        if (header.ModelSha256 != binding.ModelSha256)
        {
            throw Bad(path, $"It belongs to the model {header.ModelSha256}, not to {binding.ModelSha256}.");
        }

        // Exactly the same factor: a cache made with another is another cache.
        if (
            header.AdapterSha256 != binding.AdapterSha256
            || BitConverter.SingleToInt32Bits(header.AdapterScale)
                != BitConverter.SingleToInt32Bits(binding.AdapterScale)
        )
        {
            throw Bad(
                path,
                $"It was saved with {Name(header.AdapterSha256, header.AdapterScale)}; "
                    + $"the session has {Name(binding.AdapterSha256, binding.AdapterScale)}."
            );
        }

        if (header.Exact != binding.Exact)
        {
            throw Bad(path, "It was saved by a session of the other precision (Exact).");
        }
    }

    private static string Name(string? adapter, float scale) =>
        adapter is null ? "no adapter" : $"the adapter {adapter} at scale {scale}";

    private static string Hash(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(first);
        hash.AppendData(second);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static BadInputException Bad(string path, string reason) =>
        new(new SourceLocation(path, 0), reason, "Evaluate the prompt again and save the state afresh.");
}

/// <summary>What a cache is computed by: one of anything else is another cache.</summary>
internal sealed record StateBinding(
    string ModelSha256,
    string? AdapterSha256,
    float AdapterScale,
    bool Exact,
    int VocabularySize
)
{
    public static StateBinding Of(EdgeModel model, EdgeAdapter? adapter, float scale, bool exact) =>
        new(model.Sha256, adapter?.Sha256, scale, exact, model.VocabularySize);
}

/// <summary>What a saved cache belongs to.</summary>
/// <param name="AdapterSha256">Null: the base model alone.</param>
/// <param name="LogitsCount">Floats of the last logits, between this header and the cache; 0 or V.</param>
/// <param name="ContentSha256">Of everything behind this header.</param>
internal sealed record SessionStateHeader(
    string LlamaVersion,
    string ModelSha256,
    string? AdapterSha256,
    float AdapterScale,
    bool Exact,
    int LogitsCount,
    string ContentSha256,
    int[] Tokens
);
