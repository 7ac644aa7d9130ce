using System.Text.Json;
using Distiller.Logs.Reading;

namespace Distiller.Logs.Formats.Cline;

/// <summary>
/// Usage of a task, from the file of what was shown to the user: a notice of a request is written when it starts and completed
/// in place when it ends, with its counts as JSON within its text. Input excludes the cache.
/// </summary>
internal static class ClineUsage
{
    public static void TellTo(SessionDraft draft, SourceFile messages, string task)
    {
        var path = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(messages.Path))!, "ui_messages.json");
        if (!File.Exists(path))
        {
            return;
        }

        const int recordBytesMax = 4 << 20;
        var options = new CollectOptions { RecordBytesMax = recordBytesMax };
        try
        {
            using var stream = SourceStream.Open(new SourceFile(path, 0), options);
            using var records = RecordReader.Open(RecordLayout.Array, stream, recordBytesMax);
            while (records.Next(out var record))
            {
                Notice(draft, record, recordBytesMax, task);
            }
        }
        catch (UnreadableFileException)
        {
            draft.Count("usage-unreadable");
        }
    }

    private static void Notice(SessionDraft draft, RawRecord record, int bytesMax, string task)
    {
        try
        {
            using var document = RecordJson.Parse(record, bytesMax);
            var notice = document.RootElement;
            if (
                notice.ValueKind != JsonValueKind.Object
                || LenientJson.Text(notice, "say") is not ("api_req_started" or "deleted_api_reqs")
                || LenientJson.Text(notice, "text") is not { Length: > 0 } text
            )
            {
                return;
            }

            using var told = JsonDocument.Parse(text);
            var counts = new TokenCounts(told.RootElement);
            if (LenientJson.Get(told.RootElement, "tokensIn") is null)
            {
                return; // Not answered.
            }

            var usage = new Usage(
                counts.Of("tokensIn"),
                counts.Of("cacheReads"),
                counts.Of("cacheWrites"),
                counts.Of("tokensOut")
            );
            draft.Request($"{task}/{LenientJson.Whole(notice, "ts")}", usage, counts);
        }
        catch (Exception e) when (e is BadRecordException or JsonException)
        {
            draft.Count("usage-unreadable");
        }
    }
}
