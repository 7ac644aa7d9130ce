using System.Text.Json;
using Distiller.Logs.Reading;

namespace Distiller.Logs.Formats.OpenCode;

/// <summary>Sessions in OpenCode's database: messages and parts are JSON in a column.</summary>
internal static class OpenCodeDatabase
{
    public static void Read(Collection collection, SourceFile file, SourceDatabase database)
    {
        var tables = database.Tables;
        string[] told = ["parent_id", "time_created", "revert"];
        var columns = string.Join(", ", told.Select(c => tables.Column("session", c)));
        foreach (var session in database.Rows($"SELECT id, directory, {columns} FROM session ORDER BY id"))
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
        var reader = new OpenCodeReader();
        reader.Session(session);
        var parts = new SessionParts(collection, file, reader.Finish);
        var order = database.Tables.Has("message", "time_created") ? "time_created, id" : "id";
        var sql = $"SELECT id, {DatabaseTables.Bounded("data")} FROM message WHERE session_id = $1 ORDER BY {order}";
        foreach (var row in database.Rows(sql, id))
        {
            if (LenientJson.Name(row, "id") is not { } message)
            {
                continue;
            }

            var ofMessage = database
                .Rows(
                    $"SELECT id, {DatabaseTables.Bounded("data")} FROM part WHERE message_id = $1 ORDER BY id",
                    message
                )
                .ToList();
            var record = row.GetRawText() + string.Concat(ofMessage.Select(p => p.GetRawText()));
            reader.Message(Data(row), message, ofMessage.Select(Data).OfType<JsonElement>());
            parts.Took(SessionStore.Identity(record), record.Length);
        }

        parts.Store();
    }

    private static JsonElement? Data(JsonElement row) =>
        LenientJson.Text(row, "data") is { } json ? RecordJson.Nested(json) : null;
}
