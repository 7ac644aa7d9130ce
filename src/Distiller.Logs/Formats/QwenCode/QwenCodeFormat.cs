using System.Text.Json;
using Distiller.Logs.Reading;

namespace Distiller.Logs.Formats.QwenCode;

/// <summary>Sessions of Qwen Code: lines that name the line they follow, with messages of parts.</summary>
internal sealed class QwenCodeFormat : SessionFormat
{
    internal const string FormatName = "qwen-code";

    public override string Name => FormatName;

    public override string Title => "Qwen Code sessions";

    public override string Identity => "a session; by its id";

    public override string OutcomeSource => "none";

    public override string UsageConvention =>
        "per answer, with input that includes the cache; thoughts stand beside the candidates where the total says so";

    internal override IReadOnlyList<RecordLayout> Layouts => [RecordLayout.Lines];

    internal override IReadOnlyList<string> Members => ["sessionId", "type", "uuid", "message"];

    internal override bool Recognizes(JsonElement record) =>
        RecordJson.Is(record, "sessionId", JsonValueKind.String)
        && LenientJson.Text(record, "type") is "user" or "assistant" or "tool_result"
        && LenientJson.Object(record, "message") is { } message
        && RecordJson.Is(message, "parts", JsonValueKind.Array);

    private protected override SessionReader Begin(SourceFile file) => new QwenReader();
}
