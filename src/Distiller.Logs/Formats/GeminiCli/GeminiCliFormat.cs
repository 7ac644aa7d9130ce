using System.Text.Json;
using Distiller.Logs.Reading;

namespace Distiller.Logs.Formats.GeminiCli;

/// <summary>Sessions of Gemini CLI: one document below <c>chats/</c>, or (newer) lines.</summary>
internal sealed class GeminiCliFormat : SessionFormat
{
    internal const string FormatName = "gemini-cli";

    public override string Name => FormatName;

    public override string Title => "Gemini CLI sessions";

    public override string Identity => "a session; by its id";

    public override string OutcomeSource => "none";

    public override string UsageConvention =>
        "per message, with input that includes the cache; thoughts stand beside output, tool prompts beside input";

    internal override IReadOnlyList<RecordLayout> Layouts => [RecordLayout.Lines, RecordLayout.Document];

    internal override IReadOnlyList<string> Members => ["sessionId", "startTime", "lastUpdated", "messages"];

    internal override bool Recognizes(JsonElement record) =>
        GeminiReader.IsHeaderLine(record)
        && (!record.TryGetProperty("messages", out var m) || m.ValueKind == JsonValueKind.Array);

    /// <summary>An element of <c>logs.json</c>: prompts of all sessions, which their own files hold too.</summary>
    internal override bool IsBeside(JsonElement record) =>
        RecordJson.Is(record, "sessionId", JsonValueKind.String)
        && RecordJson.Is(record, "messageId", JsonValueKind.Number)
        && RecordJson.Is(record, "message", JsonValueKind.String);

    private protected override SessionReader Begin(SourceFile file) => new GeminiReader(file);
}
