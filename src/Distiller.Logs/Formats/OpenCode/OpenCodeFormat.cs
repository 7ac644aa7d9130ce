using System.Text.Json;
using Distiller.Logs.Reading;

namespace Distiller.Logs.Formats.OpenCode;

/// <summary>
/// OpenCode's sessions: its database, or (older) a folder with a file per message and a folder beside it with a file per part,
/// or a session that was exported.
/// </summary>
internal sealed class OpenCodeFormat : LogFormat
{
    internal const string FormatName = "opencode";

    public override string Name => FormatName;

    public override string Title => "OpenCode sessions";

    public override string Identity => "a session, and each of its sub-agents; by its id";

    public override string OutcomeSource => "none";

    public override string UsageConvention =>
        "per step of an answer, with input that excludes the cache; reasoning stands beside output unless the total says "
        + "otherwise";

    internal override IReadOnlyList<RecordLayout> Layouts =>
        [RecordLayout.Lines, RecordLayout.Document, RecordLayout.Database];

    internal override IReadOnlyList<string> Members => ["id", "sessionID", "role", "time"];

    internal override bool Recognizes(JsonElement record) => IsMessage(record) || IsPart(record) || IsExport(record);

    internal override bool Recognizes(DatabaseTables tables) =>
        tables.Has("session", "id", "directory")
        && tables.Has("message", "id", "session_id", "data")
        && tables.Has("part", "id", "message_id", "data");

    /// <summary>What is told of a session beside its messages.</summary>
    internal override bool IsBeside(JsonElement record) =>
        LenientJson.Name(record, "id")?.StartsWith("ses_", StringComparison.Ordinal) == true
        && RecordJson.Is(record, "title", JsonValueKind.String)
        && RecordJson.Is(record, "time", JsonValueKind.Object);

    internal override void Read(Collection collection, SourceFile file, RecordLayout layout, Stream stream)
    {
        if (layout == RecordLayout.Database)
        {
            SourceDatabase.Read(collection, file, Name, OpenCodeDatabase.Read);
            return;
        }

        var bytesMax = collection.Options.BytesMax(layout);
        using var records = RecordReader.Open(layout, stream, bytesMax);
        while (records.Next(out var record))
        {
            collection.ThrowIfCancelled();
            try
            {
                using var document = RecordJson.Parse(record, bytesMax);
                Take(collection, file, RecordJson.IsObject(document.RootElement, records.RecordNoun));
            }
            catch (BadRecordException e)
            {
                collection.Quarantine(Name, file, record, e);
            }
        }
    }

    private static bool IsMessage(JsonElement record) =>
        RecordJson.Is(record, "id", JsonValueKind.String)
        && RecordJson.Is(record, "sessionID", JsonValueKind.String)
        && LenientJson.Text(record, "role") is "user" or "assistant";

    private static bool IsPart(JsonElement record) =>
        RecordJson.Is(record, "id", JsonValueKind.String)
        && RecordJson.Is(record, "sessionID", JsonValueKind.String)
        && RecordJson.Is(record, "messageID", JsonValueKind.String)
        && RecordJson.Is(record, "type", JsonValueKind.String);

    private static bool IsExport(JsonElement record) =>
        LenientJson.Object(record, "info") is { } info
        && RecordJson.Is(info, "id", JsonValueKind.String)
        && RecordJson.Is(record, "messages", JsonValueKind.Array)
        && LenientJson.Items(record, "messages").All(m => LenientJson.Object(m, "info") is not null);

    private static void Take(Collection collection, SourceFile file, JsonElement record)
    {
        if (IsMessage(record))
        {
            if (OpenCodeFolder.OfMessage(file, record) is not { } folder)
            {
                var reader = new OpenCodeReader();
                var parts = new SessionParts(collection, file, reader.Finish);
                reader.Message(record, null, LenientJson.Items(record, "parts"));
                parts.Took(SessionStore.Identity(record.GetRawText()), 1);
                parts.Store();
            }
            else if (collection.Claim(folder.Messages))
            {
                folder.Read(collection, file);
            }
        }
        else if (IsPart(record))
        {
            // Read with its message, here where only it has changed.
            collection[FormatName].Noise++;
            if (OpenCodeFolder.OfPart(file, record) is { } folder && collection.Claim(folder.Messages))
            {
                folder.Read(collection, file);
            }
        }
        else if (IsExport(record))
        {
            Export(collection, file, record);
        }
        else
        {
            throw RecordJson.Wrong("role", "there");
        }
    }

    private static void Export(Collection collection, SourceFile file, JsonElement record)
    {
        var reader = new OpenCodeReader();
        reader.Session(record.GetProperty("info"));
        foreach (var message in LenientJson.Items(record, "messages"))
        {
            reader.Message(message.GetProperty("info"), null, LenientJson.Items(message, "parts"));
        }

        var parts = new SessionParts(collection, file, reader.Finish);
        parts.Took(SessionStore.Identity(record.GetRawText()), 1);
        parts.Store();
    }
}
