using System.Text.Json;
using Distiller.Logs.Reading;

namespace Distiller.Logs.Formats;

/// <summary>Tells a file's format from its content. The first record that is clearly of a format decides.</summary>
internal static class FormatDetector
{
    private const int RecordsMax = 64;

    /// <summary>Leaves the stream at its beginning.</summary>
    public static Detection Detect(SourceFile file, Stream stream, CollectOptions options)
    {
        if (SourceStream.Head(stream, SourceDatabase.Magic.Length).AsSpan().SequenceEqual(SourceDatabase.Magic))
        {
            return OfDatabase(file, options);
        }

        var nearest = new NearestFormat();
        var opening = Opening(stream);
        RecordLayout[] layouts = opening switch
        {
            'P' when ArchiveReader.IsArchive(stream) => [RecordLayout.Archive],
            '[' => [RecordLayout.Array, RecordLayout.Lines],
            // An indented document may hold an element in a line of its own, which looks like a record.
            '{' when !IsFirstLineWhole(stream, options) => [RecordLayout.Document, RecordLayout.Lines],
            '{' => [RecordLayout.Lines, RecordLayout.Document],
            _ => [RecordLayout.Lines],
        };
        Detection? found = null;
        foreach (var layout in layouts)
        {
            found ??= Find(stream, layout, options.BytesMax(layout), nearest);
        }

        stream.Seek(0, SeekOrigin.Begin);
        return found ?? new Detection(null, default, nearest.Reason, opening is '[' or '{') { Beside = nearest.Beside };
    }

    private static Detection OfDatabase(SourceFile file, CollectOptions options)
    {
        try
        {
            using var database = SourceDatabase.Open(file.Path, options.DocumentBytesMax);
            var format = LogFormats.All.FirstOrDefault(f => f.Recognizes(database.Tables));
            return new Detection(format, RecordLayout.Database, "Its tables are of no known format.", IsJson: false);
        }
        catch (BadRecordException e)
        {
            return new Detection(null, default, e.Reason, IsJson: false);
        }
    }

    /// <summary>The first character that is no blank.</summary>
    private static char Opening(Stream stream)
    {
        ReadOnlySpan<byte> text = SourceStream.Head(stream, 256);
        if (text.StartsWith("\uFEFF"u8))
        {
            text = text[3..];
        }

        text = text.TrimStart(" \t\r\n"u8);
        return text.IsEmpty ? '\0' : (char)text[0];
    }

    private static bool IsFirstLineWhole(Stream stream, CollectOptions options)
    {
        var bytesMax = options.BytesMax(RecordLayout.Lines);
        stream.Seek(0, SeekOrigin.Begin);
        using var records = RecordReader.Open(RecordLayout.Lines, stream, bytesMax);
        try
        {
            if (records.Next(out var record))
            {
                RecordJson.Parse(record, bytesMax).Dispose();
            }

            return true;
        }
        catch (BadRecordException)
        {
            return false;
        }
    }

    private static Detection? Find(Stream stream, RecordLayout layout, int bytesMax, NearestFormat nearest)
    {
        stream.Seek(0, SeekOrigin.Begin);
        using var records = RecordReader.Open(layout, stream, bytesMax);
        for (var i = 0; i < RecordsMax && records.Next(out var record); i++)
        {
            if (FormatOf(record, layout, bytesMax, nearest) is { } format)
            {
                return new Detection(format, layout, "", IsJson: true);
            }
        }

        return null;
    }

    private static LogFormat? FormatOf(RawRecord record, RecordLayout layout, int bytesMax, NearestFormat nearest)
    {
        try
        {
            using var document = RecordJson.Parse(record, bytesMax);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
            {
                return null;
            }

            nearest.See(root);
            return LogFormats.All.FirstOrDefault(f => f.Layouts.Contains(layout) && f.Recognizes(root));
        }
        catch (BadRecordException)
        {
            return null; // A broken record decides nothing; the next one may.
        }
    }
}

/// <summary>What a file is.</summary>
/// <param name="Format">Null: none of <see cref="LogFormats.All"/>.</param>
/// <param name="Reason">Why it is of no known format.</param>
/// <param name="IsJson">Whether it begins as JSON does.</param>
internal sealed record Detection(LogFormat? Format, RecordLayout Layout, string Reason, bool IsJson)
{
    /// <summary>The format of the agent that keeps it beside its sessions; null where it is no such file.</summary>
    public LogFormat? Beside { get; init; }
}
