using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;

namespace Distiller.Logs.Reading;

/// <summary>
/// The JSON files in a zip archive, in the order of their names. Nothing is written to the disk, so a name in the archive is
/// no more than a name; what is unpacked is counted, since an archive's own word on sizes can be wrong.
/// </summary>
internal sealed class ArchiveReader : IRecordReader
{
    private const int EntriesMax = 200_000;
    private const int HeadBytes = 4096;

    /// <summary>How many of the longest entries an archive may unpack to as a whole.</summary>
    private const int LongestEntriesMax = 16;

    private readonly ZipArchive? _zip;
    private readonly IReadOnlyList<ZipArchiveEntry> _entries = [];
    private readonly int _bytesMax;
    private long _bytesLeft;
    private int _next;

    public ArchiveReader(Stream stream, int bytesMax)
    {
        _bytesMax = bytesMax;
        _bytesLeft = (long)bytesMax * LongestEntriesMax;
        try
        {
            _zip = new ZipArchive((stream as SourceText)?.Whole ?? stream, ZipArchiveMode.Read, leaveOpen: true);
            _entries =
            [
                .. _zip
                    .Entries.Where(e => e.FullName.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
                    .Take(EntriesMax)
                    .OrderBy(e => e.FullName, StringComparer.Ordinal),
            ];
        }
        catch (InvalidDataException)
        {
            // Cut off or no archive: it holds nothing that can be read.
        }
        catch (IOException e)
        {
            throw new UnreadableFileException(e);
        }
    }

    public string RecordNoun => "file in the archive";

    public static bool IsArchive(Stream stream) =>
        SourceStream.Head(stream, 4).AsSpan().SequenceEqual("PK\u0003\u0004"u8);

    public bool Next(out RawRecord record) => Next(_ => true, out record);

    /// <param name="isWanted">By name.</param>
    public bool Next(Func<string, bool> isWanted, out RawRecord record)
    {
        record = default;
        while (_next < _entries.Count)
        {
            var entry = _entries[_next++];
            if (isWanted(entry.FullName))
            {
                record = Read(entry, _next);
                return true;
            }
        }

        return false;
    }

    /// <summary>The file of a name, which reading the others in order does not pass over.</summary>
    public RawRecord? Find(string name)
    {
        for (var i = 0; i < _entries.Count; i++)
        {
            if (_entries[i].FullName == name)
            {
                return Read(_entries[i], i + 1);
            }
        }

        return null;
    }

    /// <summary>Nothing to learn: the archive tells where a record begins.</summary>
    public void Learn(JsonElement record) { }

    /// <summary>Nothing to do: a broken record ends where its file does.</summary>
    public void ResumeAfter(RawRecord broken) { }

    public void Dispose() => _zip?.Dispose();

    private RawRecord Read(ZipArchiveEntry entry, long number)
    {
        using var bytes = new MemoryStream();
        var isWhole = true;
        try
        {
            using var unpacked = entry.Open();
            var buffer = new byte[1 << 16];
            while (SourceStream.Read(unpacked, buffer) is > 0 and var got)
            {
                _bytesLeft -= got;
                bytes.Write(buffer, 0, got);
                if (bytes.Length > _bytesMax || _bytesLeft < 0)
                {
                    return TooLong(bytes, entry, number);
                }
            }
        }
        catch (Exception e) when (e is InvalidDataException or NotSupportedException)
        {
            isWhole = false; // Damaged, encrypted or packed in a way that is not known here.
        }

        return new RawRecord(bytes.ToArray(), number, 0, bytes.Length, null, isWhole);
    }

    /// <summary>By its head alone: nothing of it is unpacked further.</summary>
    private static RawRecord TooLong(MemoryStream bytes, ZipArchiveEntry entry, long number)
    {
        var head = bytes.GetBuffer().AsSpan(0, (int)Math.Min(HeadBytes, bytes.Length)).ToArray();
        var length = Math.Max(bytes.Length, entry.Length);
        return new RawRecord(head, number, 0, length, Convert.ToHexStringLower(SHA256.HashData(head)));
    }
}
