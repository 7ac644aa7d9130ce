using System.Globalization;
using System.Text.Json;
using Distiller.Logs.Reading;

namespace Distiller.Logs.Formats.OpenHands;

/// <summary>OpenHands' trajectories: a list of events, or a folder <c>events/</c> with a file each.</summary>
internal sealed class OpenHandsFormat : SessionFormat
{
    internal const string FormatName = "openhands";

    public override string Name => FormatName;

    public override string Title => "OpenHands trajectories";

    public override string Identity =>
        "a session; by the name of the folder that holds its events, else by its first event";

    public override string OutcomeSource => "none";

    public override string UsageConvention =>
        "per request where an event holds the model's answer, the rest in total; prompts include the cache";

    internal override IReadOnlyList<RecordLayout> Layouts =>
        [RecordLayout.Array, RecordLayout.Lines, RecordLayout.Document];

    internal override IReadOnlyList<string> Members => ["id", "source", "action", "args"];

    internal override bool Recognizes(JsonElement record) => OpenHandsReader.IsEvent(record);

    /// <summary>The state of a conversation, which lies beside its events.</summary>
    internal override bool IsBeside(JsonElement record) =>
        RecordJson.Is(record, "stats", JsonValueKind.Object) && RecordJson.Is(record, "agent", JsonValueKind.Object);

    /// <summary>Pages of events that the folder beside holds one by one.</summary>
    private protected override bool IsCopy(SourceFile file) =>
        Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(file.Path))) == "event_cache";

    private protected override SessionReader Begin(SourceFile file) => new OpenHandsReader(name: null);

    internal override void Read(Collection collection, SourceFile file, RecordLayout layout, Stream stream)
    {
        var folder = new FileInfo(Path.GetFullPath(file.Path)).Directory;
        if (layout == RecordLayout.Array || folder is not { Name: "events", Parent: { } session })
        {
            base.Read(collection, file, layout, stream);
        }
        else if (collection.Claim(folder.FullName))
        {
            ReadFolder(collection, file, folder.FullName, session);
        }
    }

    private void ReadFolder(Collection collection, SourceFile file, string events, DirectoryInfo session)
    {
        var reader = new OpenHandsReader(session.Name);
        var parts = new SessionParts(collection, file, reader.Finish);
        if (SiblingFile.Read(Path.Combine(session.FullName, "base_state.json"), collection.Options) is { } state)
        {
            reader.Stats(LenientJson.Object(state, "stats"));
        }

        foreach (var path in SiblingFile.In(events).OrderBy(Number).ThenBy(p => p, StringComparer.Ordinal))
        {
            collection.ThrowIfCancelled();
            if (SiblingFile.Read(path, collection.Options) is not { } record)
            {
                continue;
            }

            var text = record.GetRawText();
            try
            {
                reader.Take(record);
                parts.Took(SessionStore.Identity(text), text.Length);
            }
            catch (BadRecordException e)
            {
                collection.Quarantine(Name, path, line: 1, sha256: "", [], e.Reason, e.Remedy);
            }
        }

        parts.Store();
    }

    /// <summary><c>12.json</c> comes after <c>2.json</c>; names of the newer kind have leading zeros.</summary>
    private static long Number(string path) =>
        long.TryParse(
            Path.GetFileNameWithoutExtension(path),
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out var number
        )
            ? number
            : 0;
}
