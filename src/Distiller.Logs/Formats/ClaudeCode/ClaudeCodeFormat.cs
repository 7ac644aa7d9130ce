using System.Text.Json;
using Distiller.Logs.Reading;

namespace Distiller.Logs.Formats.ClaudeCode;

/// <summary>Claude Code's session logs, and what it prints with <c>--output-format stream-json</c>.</summary>
internal sealed class ClaudeCodeFormat : LogFormat
{
    internal const string FormatName = "claude-code";

    public override string Name => FormatName;

    public override string Title => "Claude Code sessions";

    public override string Identity =>
        "a session, and each of its sub-agents; by session id. Records with the same uuid are one record; requests that were wound back are billed and not read.";

    public override string OutcomeSource => "none; a printed stream (stream-json): is_error of its result";

    public override string UsageConvention =>
        "per request, with input that excludes the cache; lines with one message.id are one request, over all sessions; advice of a second model is a request of its own";

    internal override IReadOnlyList<RecordLayout> Layouts => [RecordLayout.Lines];

    internal override IReadOnlyList<string> Members => ["type", "sessionId", "uuid", "message"];

    internal override bool Recognizes(JsonElement record)
    {
        var type = RecordJson.Is(record, "type", JsonValueKind.String) ? record.GetProperty("type").GetString() : null;
        return type switch
        {
            "user" or "assistant" or null => IsNamed(record) && IsMessage(record),
            "summary" => RecordJson.Is(record, "summary", JsonValueKind.String)
                && record.TryGetProperty("leafUuid", out _),
            "file-history-snapshot" => record.TryGetProperty("snapshot", out _),
            "queue-operation" => IsNamed(record) && record.TryGetProperty("operation", out _),
            "progress" => IsNamed(record) && RecordJson.Is(record, "data", JsonValueKind.Object),
            "system" => IsNamed(record) && RecordJson.Is(record, "subtype", JsonValueKind.String),
            _ => false,
        };
    }

    private static bool IsNamed(JsonElement record) =>
        record.TryGetProperty("sessionId", out _)
        || record.TryGetProperty("session_id", out _)
        || record.TryGetProperty("uuid", out _);

    /// <summary>A message of Anthropic's API; others that use the same envelope fill it differently.</summary>
    private static bool IsMessage(JsonElement record) =>
        RecordJson.Is(record, "message", JsonValueKind.Object)
        && record.GetProperty("message") is var message
        && (message.TryGetProperty("content", out _) || message.TryGetProperty("usage", out _));

    internal override void Read(Collection collection, SourceFile file, RecordLayout layout, Stream stream)
    {
        using var reader = new ClaudeSessionReader(this, collection, file);
        reader.Read(stream);
    }
}
