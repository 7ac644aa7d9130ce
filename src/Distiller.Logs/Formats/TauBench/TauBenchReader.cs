using System.Text.Json;
using Distiller.Logs.Reading;

namespace Distiller.Logs.Formats.TauBench;

/// <summary>tau-bench results: one JSON array, one element per trial.</summary>
internal static class TauBenchReader
{
    public static void Read(Collection collection, SourceFile file, Stream stream)
    {
        var bytesMax = collection.Options.RecordBytesMax;
        using var elements = new ArrayReader(stream, bytesMax);
        while (elements.Next(out var record))
        {
            collection.ThrowIfCancelled();
            try
            {
                using var document = RecordJson.Parse(record, bytesMax);
                var root = document.RootElement;
                if (root.ValueKind != JsonValueKind.Object)
                {
                    throw new BadRecordException("The element is not a JSON object.", "Correct or remove it.");
                }

                elements.LearnFirstMember(root.EnumerateObject().Select(m => m.Name).FirstOrDefault("task_id"));
                collection.Add(TauBenchRecord.ToEpisode(root, collection.Options.Tenant, file, record), file, record);
            }
            catch (BadRecordException e)
            {
                collection.Refuse(LogFormat.TauBench, file, record, e);
                if (e.Broken)
                {
                    // Its end is a guess: go on where an element seems to begin.
                    elements.ResumeAfter(record);
                }
            }
        }
    }
}
