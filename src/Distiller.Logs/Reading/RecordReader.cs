using System.Security.Cryptography;
using System.Text.Json;

namespace Distiller.Logs.Reading;

/// <summary>How a file is divided into records.</summary>
internal enum RecordLayout
{
    /// <summary>JSON Lines: a record a line.</summary>
    Lines,

    /// <summary>One JSON array: a record an element.</summary>
    Array,

    /// <summary>One JSON value: the whole file is a record.</summary>
    Document,

    /// <summary>A SQLite database; its format reads it by queries.</summary>
    Database,

    /// <summary>A zip archive: a record a JSON file in it.</summary>
    Archive,
}

/// <summary>The records of a file, one after the other.</summary>
internal interface IRecordReader : IDisposable
{
    /// <summary>What a record is called in messages.</summary>
    string RecordNoun { get; }

    /// <returns>False: the file has no further record.</returns>
    bool Next(out RawRecord record);

    /// <summary>Shows the reader a record that could be parsed, so that it knows how one begins.</summary>
    void Learn(JsonElement record);

    /// <summary>Goes on after a record whose JSON is broken, so that where it ends is in doubt.</summary>
    void ResumeAfter(RawRecord broken);
}

internal static class RecordReader
{
    /// <param name="bytesMax">A longer record is given by its head only.</param>
    public static IRecordReader Open(RecordLayout layout, Stream stream, int bytesMax) =>
        layout switch
        {
            RecordLayout.Array => new ArrayReader(stream, bytesMax),
            RecordLayout.Document => new DocumentReader(stream, bytesMax),
            RecordLayout.Archive => new ArchiveReader(stream, bytesMax),
            _ => new LineReader(stream, bytesMax),
        };
}

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
