using System.Text.Json;
using Distiller.Logs.Reading;

namespace Distiller.Logs.Formats;

/// <summary>JSON Lines in which each line is an episode.</summary>
internal static class LineRecords
{
    public static void Read(
        Collection collection,
        SourceFile file,
        Stream stream,
        string format,
        Func<JsonElement, string, Episode> toEpisode
    )
    {
        using var lines = new LineReader(stream, collection.Options.RecordBytesMax);
        while (lines.Next(out var record))
        {
            collection.ThrowIfCancelled();
            try
            {
                using var document = RecordJson.Parse(record, collection.Options.RecordBytesMax);
                if (document.RootElement.ValueKind != JsonValueKind.Object)
                {
                    throw new BadRecordException("The line is not a JSON object.", "Correct or remove the line.");
                }

                collection.Add(toEpisode(document.RootElement, collection.Options.Tenant), file, record);
            }
            catch (BadRecordException e)
            {
                collection.Refuse(format, file, record, e);
            }
        }
    }
}
