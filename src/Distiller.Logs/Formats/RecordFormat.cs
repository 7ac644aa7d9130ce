using System.Runtime.InteropServices;
using System.Text.Json;
using Distiller.Logs.Reading;

namespace Distiller.Logs.Formats;

/// <summary>A format in which every record is a whole episode, or holds several.</summary>
internal abstract class RecordFormat : LogFormat
{
    /// <summary>The episodes' own values in a record: the record itself, or the elements of a list in it.
    /// None: it tells of episodes that other files hold.</summary>
    internal virtual IEnumerable<JsonElement> Parts(JsonElement record) => [record];

    /// <param name="part">A JSON object: one of <see cref="Parts"/>.</param>
    /// <exception cref="BadRecordException">It cannot be read.</exception>
    internal abstract Episode ToEpisode(JsonElement part, RecordContext context);

    internal override void Read(Collection collection, SourceFile file, RecordLayout layout, Stream stream)
    {
        var bytesMax = collection.Options.BytesMax(layout);
        using var records = RecordReader.Open(layout, stream, bytesMax);
        while (records.Next(out var record))
        {
            collection.ThrowIfCancelled();
            try
            {
                using var document = RecordJson.Parse(record, bytesMax);
                var root = RecordJson.IsObject(document.RootElement, records.RecordNoun);
                records.Learn(root);
                ReadParts(collection, file, record, root);
            }
            catch (BadRecordException e)
            {
                collection.Quarantine(Name, file, record, e);
                if (e.Broken)
                {
                    records.ResumeAfter(record);
                }
            }
        }
    }

    /// <summary>Adds the episodes of a record; one that holds none, such as a run that was stopped early, is noise.</summary>
    private protected void ReadParts(Collection collection, SourceFile file, RawRecord record, JsonElement root)
    {
        var number = 0;
        var isEmpty = true;
        foreach (var part in Parts(root))
        {
            isEmpty = false;
            var raw = IsSame(part, root) ? record : PartOf(record, part, ++number);
            try
            {
                var value = RecordJson.IsObject(part, "part of the record");
                collection.Add(
                    ToEpisode(
                        value,
                        new RecordContext(collection.Options.Tenant, file, raw, root) { Collection = collection }
                    ),
                    file,
                    raw
                );
            }
            catch (BadRecordException e) when (number > 0)
            {
                collection.Quarantine(Name, file, raw, e); // The other parts go on.
            }
        }

        if (isEmpty)
        {
            collection[Name].Noise++;
        }
    }

    /// <summary>Whether two values are the same place of the same document.</summary>
    private protected static bool IsSame(JsonElement a, JsonElement b) =>
        JsonMarshal.GetRawUtf8Value(a) == JsonMarshal.GetRawUtf8Value(b);

    /// <summary>A part as a record of its own; its place is its number in the record.</summary>
    private static RawRecord PartOf(RawRecord record, JsonElement part, int number)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(part);
        return new RawRecord(bytes, number, record.Offset, bytes.Length, null);
    }
}

/// <summary>What is known of a record beside its content.</summary>
/// <param name="Document">The whole record, where the episode is a part of it.</param>
internal readonly record struct RecordContext(string Tenant, SourceFile File, RawRecord Raw, JsonElement Document)
{
    /// <summary>The collection it is read in, where other records of that may tell more of the episode.</summary>
    public Collection? Collection { get; init; }
}
