using System.Text.Json;
using Distiller.Logs.Reading;

namespace Distiller.Logs.Formats;

/// <summary>A format in which every record is a whole episode.</summary>
internal abstract class RecordFormat : LogFormat
{
    /// <param name="record">A JSON object.</param>
    /// <exception cref="BadRecordException">It cannot be read.</exception>
    internal abstract Episode ToEpisode(JsonElement record, RecordContext context);

    internal sealed override void Read(Collection collection, SourceFile file, Stream stream)
    {
        var bytesMax = collection.Options.RecordBytesMax;
        using var records = RecordReader.Open(Layout, stream, bytesMax);
        while (records.Next(out var record))
        {
            collection.ThrowIfCancelled();
            try
            {
                using var document = RecordJson.Parse(record, bytesMax);
                var root = document.RootElement;
                if (root.ValueKind != JsonValueKind.Object)
                {
                    throw new BadRecordException(
                        $"The {records.RecordNoun} is not a JSON object.",
                        $"Correct or remove the {records.RecordNoun}."
                    );
                }

                records.Learn(root);
                var context = new RecordContext(collection.Options.Tenant, file, record);
                collection.Add(ToEpisode(root, context), file, record);
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
}

/// <summary>What is known of a record beside its content.</summary>
internal readonly record struct RecordContext(string Tenant, SourceFile File, RawRecord Raw);
