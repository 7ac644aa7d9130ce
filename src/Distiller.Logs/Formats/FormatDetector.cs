using System.Text.Json;
using Distiller.Logs.Reading;

namespace Distiller.Logs.Formats;

/// <summary>Tells a file's format from its content. The first record that is clearly of a format decides.</summary>
internal static class FormatDetector
{
    private const int RecordsMax = 64;

    /// <summary>Leaves the stream at its beginning.</summary>
    /// <returns>Null: none of <see cref="LogFormats.All"/>.</returns>
    public static LogFormat? Detect(FileStream stream, int recordBytesMax)
    {
        var format =
            (StartsArray(stream) ? Find(stream, RecordLayout.Array, recordBytesMax) : null)
            ?? Find(stream, RecordLayout.Lines, recordBytesMax);
        stream.Seek(0, SeekOrigin.Begin);
        return format;
    }

    private static bool StartsArray(FileStream stream)
    {
        ReadOnlySpan<byte> text = SourceStream.Head(stream, 256);
        if (text.StartsWith("\uFEFF"u8))
        {
            text = text[3..];
        }

        return text.TrimStart(" \t\r\n"u8).StartsWith("["u8);
    }

    private static LogFormat? Find(FileStream stream, RecordLayout layout, int bytesMax)
    {
        stream.Seek(0, SeekOrigin.Begin);
        using var records = RecordReader.Open(layout, stream, bytesMax);
        for (var i = 0; i < RecordsMax && records.Next(out var record); i++)
        {
            if (FormatOf(record, layout, bytesMax) is { } format)
            {
                return format;
            }
        }

        return null;
    }

    private static LogFormat? FormatOf(RawRecord record, RecordLayout layout, int bytesMax)
    {
        try
        {
            using var document = RecordJson.Parse(record, bytesMax);
            var root = document.RootElement;
            return root.ValueKind == JsonValueKind.Object
                ? LogFormats.All.FirstOrDefault(f => f.Layout == layout && f.Recognizes(root))
                : null;
        }
        catch (BadRecordException)
        {
            return null; // A broken record decides nothing; the next one may.
        }
    }
}
