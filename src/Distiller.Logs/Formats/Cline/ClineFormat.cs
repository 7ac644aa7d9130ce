using System.Text.Json;
using Distiller.Logs.Reading;

namespace Distiller.Logs.Formats.Cline;

/// <summary>
/// Tasks of Cline and Roo Code: the messages of the model's interface (<c>api_conversation_history.json</c>), with usage beside
/// them (<c>ui_messages.json</c>); or (newer) a document of messages.
/// </summary>
internal sealed class ClineFormat : SessionFormat
{
    internal const string FormatName = "cline";

    private const string History = "api_conversation_history.json";

    public override string Name => FormatName;

    public override string Title => "Cline and Roo Code tasks";

    public override string Identity => "a task; by its id, which its folder's name tells, else by its first message";

    public override string OutcomeSource => "none";

    public override string UsageConvention =>
        "per request, in the four classes, from ui_messages.json beside the messages";

    internal override IReadOnlyList<RecordLayout> Layouts =>
        [RecordLayout.Array, RecordLayout.Document, RecordLayout.Lines];

    internal override IReadOnlyList<string> Members => ["role", "content"];

    internal override bool Recognizes(JsonElement record) =>
        ClineMessage.IsOpening(record) || IsDocument(record) || IsNotice(record);

    internal override bool IsBeside(JsonElement record) => IsEntry(record) || IsManifest(record);

    private protected override SessionReader Begin(SourceFile file) => new ClineReader(file);

    internal override void Read(Collection collection, SourceFile file, RecordLayout layout, Stream stream)
    {
        var beside = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(file.Path))!, History);
        if (Path.GetFileName(file.Path) == "ui_messages.json")
        {
            // Its usage is read with the messages, here where only it has changed.
            collection[Name].Noise++;
            if (File.Exists(beside) && collection.Claim(beside))
            {
                file = new SourceFile(
                    Path.Combine(Path.GetDirectoryName(file.Path) ?? "", History),
                    new FileInfo(beside).Length
                );
                using var messages = SourceStream.Open(file, collection.Options);
                base.Read(collection, file, RecordLayout.Array, messages);
            }
        }
        else if (Path.GetFileName(file.Path) != History || collection.Claim(beside))
        {
            base.Read(collection, file, layout, stream);
        }
    }

    /// <summary>The newer document of a session's messages.</summary>
    private static bool IsDocument(JsonElement record) =>
        RecordJson.Is(record, "version", JsonValueKind.Number)
        && RecordJson.Is(record, "agent", JsonValueKind.String)
        && RecordJson.Is(record, "messages", JsonValueKind.Array);

    /// <summary>An element of <c>ui_messages.json</c>: what was shown to the user.</summary>
    private static bool IsNotice(JsonElement record) =>
        RecordJson.Is(record, "ts", JsonValueKind.Number)
        && (
            LenientJson.Text(record, "type") == "say" && RecordJson.Is(record, "say", JsonValueKind.String)
            || LenientJson.Text(record, "type") == "ask" && RecordJson.Is(record, "ask", JsonValueKind.String)
        );

    /// <summary>An element of the list of all tasks.</summary>
    private static bool IsEntry(JsonElement record) =>
        RecordJson.Is(record, "task", JsonValueKind.String)
        && RecordJson.Is(record, "tokensIn", JsonValueKind.Number)
        && RecordJson.Is(record, "ts", JsonValueKind.Number);

    /// <summary>What is told of a session beside its messages.</summary>
    private static bool IsManifest(JsonElement record) =>
        RecordJson.Is(record, "session_id", JsonValueKind.String)
        && RecordJson.Is(record, "messages_path", JsonValueKind.String);
}
