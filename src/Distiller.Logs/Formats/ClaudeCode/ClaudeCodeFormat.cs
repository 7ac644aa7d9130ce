using System.Text.Json;
using Distiller.Logs.Reading;

namespace Distiller.Logs.Formats.ClaudeCode;

/// <summary>Claude Code's session logs.</summary>
internal sealed class ClaudeCodeFormat : LogFormat
{
    internal const string FormatName = "claude-code";

    public override string Name => FormatName;

    public override string Title => "Claude Code sessions";

    public override string Identity =>
        "a session, and each of its sub-agents; by session id. Records with the same uuid are one record.";

    public override string OutcomeSource => "none";

    public override string UsageConvention =>
        "per request, with input that excludes the cache; lines with one message.id are one request, over all sessions";

    internal override IReadOnlyList<RecordLayout> Layouts => [RecordLayout.Lines];

    internal override IReadOnlyList<string> Members => ["type", "sessionId", "uuid", "message"];

    internal override bool Recognizes(JsonElement record)
    {
        var type = RecordJson.Is(record, "type", JsonValueKind.String) ? record.GetProperty("type").GetString() : null;
        var session = RecordJson.Is(record, "sessionId", JsonValueKind.String);
        var message = RecordJson.Is(record, "message", JsonValueKind.Object);
        return type switch
        {
            "user" or "assistant" => message,
            "summary" => RecordJson.Is(record, "summary", JsonValueKind.String)
                && record.TryGetProperty("leafUuid", out _),
            "file-history-snapshot" => record.TryGetProperty("snapshot", out _),
            null => session && message,
            _ => session,
        };
    }

    internal override void Read(Collection collection, SourceFile file, RecordLayout layout, Stream stream)
    {
        using var reader = new ClaudeSessionReader(collection, file);
        reader.Read(stream);
    }
}
