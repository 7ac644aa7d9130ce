using System.Text.Json;
using Distiller.Logs.Reading;

namespace Distiller.Logs.Formats.Goose;

/// <summary>Goose's sessions: a file of lines each, or (newer) all in <c>sessions.db</c>.</summary>
internal sealed class GooseFormat : SessionFormat
{
    internal const string FormatName = "goose";

    public override string Name => FormatName;

    public override string Title => "Goose sessions";

    public override string Identity => "a session; by its id, else by its first message";

    public override string OutcomeSource => "none";

    public override string UsageConvention => "in total, without classes of the cache";

    internal override IReadOnlyList<RecordLayout> Layouts => [RecordLayout.Lines, RecordLayout.Database];

    internal override IReadOnlyList<string> Members => ["working_dir", "description", "message_count"];

    internal override bool Recognizes(JsonElement record) => GooseReader.IsHeaderLine(record);

    internal override bool Recognizes(DatabaseTables tables) =>
        tables.Has("sessions", "id", "working_dir")
        && tables.Has("messages", "session_id", "role", "content_json", "created_timestamp");

    private protected override SessionReader Begin(SourceFile file) => new GooseReader();

    internal override void Read(Collection collection, SourceFile file, RecordLayout layout, Stream stream)
    {
        if (layout != RecordLayout.Database)
        {
            base.Read(collection, file, layout, stream);
            return;
        }

        SourceDatabase.Read(collection, file, Name, ReadSessions);
    }

    private static void ReadSessions(Collection collection, SourceFile file, SourceDatabase database)
    {
        string[] told =
        [
            "name",
            "session_type",
            "created_at",
            "input_tokens",
            "output_tokens",
            "accumulated_input_tokens",
            "accumulated_output_tokens",
        ];
        var columns = string.Join(", ", told.Select(c => database.Tables.Column("sessions", c)));
        foreach (var session in database.Rows($"SELECT id, working_dir, {columns} FROM sessions ORDER BY id"))
        {
            collection.ThrowIfCancelled();
            if (LenientJson.Name(session, "id") is { } id)
            {
                ReadSession(collection, file, database, session, id);
            }
        }
    }

    private static void ReadSession(
        Collection collection,
        SourceFile file,
        SourceDatabase database,
        JsonElement session,
        string id
    )
    {
        var reader = new GooseReader();
        reader.Take(session);
        var parts = new SessionParts(collection, file, reader.Finish);
        var sql =
            $"SELECT role, {DatabaseTables.Bounded("content_json")}, created_timestamp AS created, "
            + $"{database.Tables.Column("messages", "message_id")}, {database.Tables.Column("messages", "metadata_json")} "
            + "FROM messages WHERE session_id = $1 ORDER BY created_timestamp, rowid";
        var number = 0;
        foreach (var message in database.Rows(sql, id))
        {
            number++;
            if (LenientJson.Text(message, "role") is null)
            {
                continue;
            }

            reader.Take(message);
            var text = message.GetRawText();
            var name = LenientJson.Name(message, "message_id") ?? $"{number}";
            parts.Took(SessionStore.Identity($"{name}/{text}"), text.Length);
        }

        parts.Store();
    }
}
