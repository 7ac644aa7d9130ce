using System.Text.Json;
using Distiller.Logs.Reading;

namespace Distiller.Logs.Formats.OpenCode;

/// <summary>
/// A session in files: <c>message/SESSION/MESSAGE.json</c> and <c>part/MESSAGE/PART.json</c> (older:
/// <c>part/SESSION/MESSAGE/PART.json</c>) below one folder. The files are read together, from whichever is come upon first.
/// </summary>
/// <param name="root">Full path of the folder that holds the two.</param>
/// <param name="session">The session's id, which names a folder.</param>
internal sealed class OpenCodeFolder(string root, string session)
{
    /// <summary>The folder with the session's messages.</summary>
    public string Messages { get; } = Path.Combine(root, "message", session);

    /// <summary>Null where the message lies alone.</summary>
    public static OpenCodeFolder? OfMessage(SourceFile file, JsonElement message)
    {
        var folder = new FileInfo(Path.GetFullPath(file.Path)).Directory;
        return
            folder?.Parent is { Name: "message", Parent: { } root }
            && LenientJson.Text(message, "sessionID") == folder.Name
            ? new OpenCodeFolder(root.FullName, folder.Name)
            : null;
    }

    /// <summary>Null where there are no messages that it could belong to.</summary>
    public static OpenCodeFolder? OfPart(SourceFile file, JsonElement part)
    {
        const int levels = 3;
        var folder = new FileInfo(Path.GetFullPath(file.Path)).Directory;
        for (var i = 0; i < levels && folder is not null; i++, folder = folder.Parent)
        {
            if (
                folder is { Name: "part", Parent: { } root }
                && LenientJson.Text(part, "sessionID") is { } id
                && IsName(id)
            )
            {
                var found = new OpenCodeFolder(root.FullName, id);
                return Directory.Exists(found.Messages) ? found : null;
            }
        }

        return null;
    }

    public void Read(Collection collection, SourceFile file)
    {
        var options = collection.Options;
        var reader = new OpenCodeReader();
        if (Info(options) is { } info)
        {
            reader.Session(info);
        }

        var store = new SessionParts(collection, file, reader.Finish);
        foreach (var path in SiblingFile.In(Messages))
        {
            collection.ThrowIfCancelled();
            if (SiblingFile.Read(path, options) is not { } message)
            {
                continue;
            }

            var name = Path.GetFileNameWithoutExtension(path);
            var parts = SiblingFile
                .In(Path.Combine(root, "part", name))
                .Concat(SiblingFile.In(Path.Combine(root, "part", session, name)))
                .Select(p => SiblingFile.Read(p, options))
                .OfType<JsonElement>()
                .ToList();
            var record = message.GetRawText() + string.Concat(parts.Select(p => p.GetRawText()));
            reader.Message(message, name, parts.Count > 0 ? parts : LenientJson.Items(message, "parts"));
            store.Took(SessionStore.Identity(record), record.Length);
        }

        store.Store();
    }

    /// <summary>What is told of the session: <c>session/PROJECT/SESSION.json</c>, or <c>info/SESSION.json</c>.</summary>
    private JsonElement? Info(CollectOptions options)
    {
        var name = $"{session}.json";
        if (SiblingFile.Read(Path.Combine(root, "info", name), options) is { } older)
        {
            return older;
        }

        var projects = Path.Combine(root, "session");
        return Directory.Exists(projects)
            ? Directory
                .EnumerateDirectories(projects)
                .Order(StringComparer.Ordinal)
                .Select(p => SiblingFile.Read(Path.Combine(p, name), options))
                .FirstOrDefault(i => i is not null)
            : null;
    }

    private static bool IsName(string id) =>
        id.Length > 0 && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');
}
