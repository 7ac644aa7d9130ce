using System.Text.Json;
using Distiller.Logs.Reading;

namespace Distiller.Logs.Formats.OpenAiChat;

/// <summary>
/// Lines of OpenAI's batches, whose requests stand in one file and whose answers in another, by <c>custom_id</c>. The other file is
/// looked for beside the one that is read, and among those that were read before it in the same collection.
/// </summary>
internal sealed class BatchLines
{
    /// <summary>Of lines that are held; the partners of further ones are not found.</summary>
    private const long BytesMax = 256L << 20;
    private const int HeadBytes = 64 << 10;

    private readonly HashSet<string> _folders = new(StringComparer.Ordinal);
    private readonly Dictionary<(string CustomId, bool IsAnswer), List<Line>> _lines = [];
    private long _bytes;

    /// <summary>Whether a line is an answer; null where it is none of a batch, since it tells both or neither.</summary>
    public static bool? IsAnswer(JsonElement line)
    {
        var asks = LenientJson.Object(line, "body") is not null || LenientJson.Object(line, "request") is not null;
        var answers = line.TryGetProperty("response", out _) || line.TryGetProperty("error", out _);
        return asks == answers ? null : answers;
    }

    /// <summary>The line of the other file; null where there is none, or where several may be meant.</summary>
    public byte[]? Partner(string customId, bool isAnswer, string? model, RecordContext context)
    {
        var path = Path.GetFullPath(context.File.Path);
        Learn(Path.GetDirectoryName(path)!, context.Collection!);
        // Each must mean the other: one answer beside two requests belongs to neither.
        return
            Meant(path, customId, !isAnswer, model) is { } one
            && Meant(one.Path, customId, isAnswer, one.Model)?.Path == path
            ? one.Bytes
            : null;
    }

    /// <summary>The one line of another file that a line of this path may belong to.</summary>
    private Line? Meant(string path, string customId, bool isAnswer, string? model)
    {
        if (!_lines.TryGetValue((customId, isAnswer), out var lines))
        {
            return null;
        }

        var others = lines.FindAll(l => l.Path != path);
        var beside = others.FindAll(l => Path.GetDirectoryName(l.Path) == Path.GetDirectoryName(path));
        if (beside.Count > 1)
        {
            beside = beside.FindAll(l => Stem(l.Path) == Stem(path));
        }

        // Many batches count their requests from one: elsewhere only what tells of the same model is of the same batch.
        var found = beside.Count > 0 ? beside : others.FindAll(l => IsSameModel(l.Model, model));
        return found is [var one] ? one : null;
    }

    /// <summary><c>gpt-x</c> is asked for, and <c>gpt-x-2026-01-01</c> answers.</summary>
    private static bool IsSameModel(string? a, string? b) =>
        a is not null
        && b is not null
        && (a.StartsWith(b, StringComparison.Ordinal) || b.StartsWith(a, StringComparison.Ordinal));

    public static string? ModelOf(JsonElement line) =>
        LenientJson.NameOrNumber(
            LenientJson.Object(LenientJson.Object(line, "response"), "body")
                ?? LenientJson.Object(line, "response")
                ?? LenientJson.Object(line, "body")
                ?? LenientJson.Object(line, "request"),
            "model"
        );

    /// <summary>A file's name without what tells the two files of a batch apart.</summary>
    private static string Stem(string path)
    {
        var name = Path.GetFileNameWithoutExtension(path).ToLowerInvariant();
        foreach (var word in (string[])["input", "output", "request", "response", "result", "answer", "error"])
        {
            name = name.Replace(word + "s", "", StringComparison.Ordinal).Replace(word, "", StringComparison.Ordinal);
        }

        return name.Trim('-', '_', '.', ' ');
    }

    private void Learn(string folder, Collection collection)
    {
        if (!_folders.Add(folder))
        {
            return;
        }

        foreach (var path in SiblingFile.In(folder, "*.jsonl"))
        {
            collection.ThrowIfCancelled();
            try
            {
                Read(path, collection.Options);
            }
            catch (UnreadableFileException)
            {
                // Where it is collected itself, it goes to quarantine.
            }
        }
    }

    private void Read(string path, CollectOptions options)
    {
        using var stream = SourceStream.Open(new SourceFile(path, new FileInfo(path).Length), options);
        if (SourceStream.Head(stream, HeadBytes).AsSpan().IndexOf("\"custom_id\""u8) < 0)
        {
            return;
        }

        using var records = RecordReader.Open(RecordLayout.Lines, stream, options.RecordBytesMax);
        while (_bytes < BytesMax && records.Next(out var record))
        {
            try
            {
                using var document = RecordJson.Parse(record, options.RecordBytesMax);
                Add(path, record, RecordJson.IsObject(document.RootElement, records.RecordNoun));
            }
            catch (BadRecordException)
            {
                // As above.
            }
        }
    }

    private void Add(string path, RawRecord record, JsonElement line)
    {
        if (LenientJson.NameOrNumber(line, "custom_id") is not { } customId || IsAnswer(line) is not { } isAnswer)
        {
            return;
        }

        if (!_lines.TryGetValue((customId, isAnswer), out var lines))
        {
            _lines[(customId, isAnswer)] = lines = [];
        }

        lines.Add(new Line(path, record.Bytes.ToArray(), ModelOf(line)));
        _bytes += record.Bytes.Length;
    }

    private sealed record Line(string Path, byte[] Bytes, string? Model);
}
