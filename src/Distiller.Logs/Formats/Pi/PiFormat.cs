using System.Text.Json;
using Distiller.Logs.Reading;

namespace Distiller.Logs.Formats.Pi;

/// <summary>Sessions of pi, and of OpenClaw and others that are built on it: a header, then entries that form a tree.</summary>
internal sealed class PiFormat : SessionFormat
{
    internal const string FormatName = "pi";

    public override string Name => FormatName;

    public override string Title => "pi and OpenClaw sessions";

    public override string Identity => "a session; by its id";

    public override string OutcomeSource => "none";

    public override string UsageConvention => "per answer, in the four classes";

    internal override IReadOnlyList<RecordLayout> Layouts => [RecordLayout.Lines];

    internal override IReadOnlyList<string> Members => ["type", "id", "timestamp", "cwd"];

    internal override bool Recognizes(JsonElement record) => PiReader.IsHeaderLine(record);

    /// <summary>OpenClaw's index: an object whose members each name the file of a session.</summary>
    internal override bool IsBeside(JsonElement record) =>
        record.EnumerateObject().Any()
        && record
            .EnumerateObject()
            .All(m =>
                m.Value.ValueKind == JsonValueKind.Object
                && RecordJson.Is(m.Value, "sessionId", JsonValueKind.String)
                && m.Value.TryGetProperty("updatedAt", out _)
            );

    /// <summary>A checkpoint is a copy of the session at one time.</summary>
    private protected override bool IsCopy(SourceFile file) =>
        Path.GetFileName(file.Path).Contains(".checkpoint.", StringComparison.Ordinal);

    private protected override SessionReader Begin(SourceFile file) => new PiReader(file);
}
