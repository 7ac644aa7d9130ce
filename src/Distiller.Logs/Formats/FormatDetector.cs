using System.Text.Json;
using Distiller.Logs.Reading;

namespace Distiller.Logs.Formats;

/// <summary>Tells a file's format from its content. The first record that is clearly of a format decides.</summary>
internal static class FormatDetector
{
    private const int RecordsMax = 64;

    /// <summary>Leaves the stream at its beginning.</summary>
    public static string Detect(FileStream stream, int recordBytesMax)
    {
        var format =
            StartsArray(stream) && IsTauBench(stream, recordBytesMax)
                ? LogFormat.TauBench
                : Lines(stream, recordBytesMax);
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

    private static bool IsTauBench(FileStream stream, int bytesMax)
    {
        using var elements = new ArrayReader(stream, bytesMax);
        for (var i = 0; i < RecordsMax && elements.Next(out var record); i++)
        {
            if (Try(record, bytesMax, IsTauBench) == true)
            {
                return true;
            }
        }

        return false;
    }

    private static string Lines(FileStream stream, int bytesMax)
    {
        stream.Seek(0, SeekOrigin.Begin);
        using var lines = new LineReader(stream, bytesMax);
        for (var i = 0; i < RecordsMax && lines.Next(out var record); i++)
        {
            if (Try(record, bytesMax, OfLine) is { } format)
            {
                return format;
            }
        }

        return LogFormat.Unknown;
    }

    private static T? Try<T>(RawRecord record, int bytesMax, Func<JsonElement, T?> look)
    {
        try
        {
            using var document = RecordJson.Parse(record, bytesMax);
            return document.RootElement.ValueKind == JsonValueKind.Object ? look(document.RootElement) : default;
        }
        catch (BadRecordException)
        {
            return default; // A broken record tells nothing; the next one may.
        }
    }

    private static bool IsTauBench(JsonElement o) =>
        Is(o, "traj", JsonValueKind.Array) && o.TryGetProperty("task_id", out _);

    private static string? OfLine(JsonElement o)
    {
        if (
            Is(o, "trial_name", JsonValueKind.String)
            && o.TryGetProperty("task_id", out _)
            && o.TryGetProperty("is_resolved", out _)
        )
        {
            return LogFormat.TerminalBench;
        }

        if (
            Is(o, "turns", JsonValueKind.Array)
            && Is(o, "taskId", JsonValueKind.String)
            && Is(o, "key", JsonValueKind.String)
        )
        {
            return LogFormat.Episode;
        }

        return IsClaudeCode(o) ? LogFormat.ClaudeCode : null;
    }

    private static bool IsClaudeCode(JsonElement o)
    {
        var type = o.TryGetProperty("type", out var t) && t.ValueKind == JsonValueKind.String ? t.GetString() : null;
        var session = Is(o, "sessionId", JsonValueKind.String);
        var message = Is(o, "message", JsonValueKind.Object);
        return type switch
        {
            "user" or "assistant" => message,
            "summary" => Is(o, "summary", JsonValueKind.String) && o.TryGetProperty("leafUuid", out _),
            "file-history-snapshot" => o.TryGetProperty("snapshot", out _),
            null => session && message,
            _ => session,
        };
    }

    private static bool Is(JsonElement o, string name, JsonValueKind kind) =>
        o.TryGetProperty(name, out var value) && value.ValueKind == kind;
}
