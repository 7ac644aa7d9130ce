using System.Security.Cryptography;

namespace Distiller.Logs.Reading;

/// <summary>A record's bytes; valid until the next one is read.</summary>
/// <param name="Bytes">The whole record, or only its head where it is longer than what may be held.</param>
/// <param name="Number">1-based line, or number of the element.</param>
/// <param name="Offset">Where it starts in the file.</param>
/// <param name="OversizeSha256">Set where it is too long: the hash of all its bytes.</param>
/// <param name="Complete">False where the file ended within it.</param>
internal readonly record struct RawRecord(
    ReadOnlyMemory<byte> Bytes,
    long Number,
    long Offset,
    long Length,
    string? OversizeSha256,
    bool Complete = true
)
{
    public string Sha256() => OversizeSha256 ?? Convert.ToHexStringLower(SHA256.HashData(Bytes.Span));
}
