using System.Text.Json;
using Distiller.Logs.Reading;

namespace Distiller.Logs.Formats.Codex;

/// <summary>Codex's rollouts: what the command line and its kin write below <c>sessions/</c>.</summary>
internal sealed class CodexFormat : SessionFormat
{
    internal const string FormatName = "codex";

    public override string Name => FormatName;

    public override string Title => "Codex rollouts";

    public override string Identity => "a session (a thread), and each of its sub-agents; by its id";

    public override string OutcomeSource => "none";

    public override string UsageConvention =>
        "per request (token_count), whose input includes the cached part and whose output includes reasoning; "
        + "events with the same total are one request, also in a fork";

    internal override IReadOnlyList<RecordLayout> Layouts => [RecordLayout.Lines];

    internal override IReadOnlyList<string> Members => ["timestamp", "type", "payload"];

    internal override bool Recognizes(JsonElement record) =>
        CodexLine.IsWrapped(record) || CodexLine.IsOldHeader(record);

    /// <summary>A line of <c>history.jsonl</c>: prompts of all sessions, which their rollouts hold too.</summary>
    internal override bool IsBeside(JsonElement record) =>
        RecordJson.Is(record, "session_id", JsonValueKind.String)
        && RecordJson.Is(record, "ts", JsonValueKind.Number)
        && RecordJson.Is(record, "text", JsonValueKind.String);

    private protected override SessionReader Begin(SourceFile file) => new CodexReader();
}
