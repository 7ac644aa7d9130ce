using System.IO.Enumeration;
using System.Text.Json;

namespace Distiller.Lake;

/// <summary>An artifact in the making. Without a commit its folder stays, for the next run to go on from.</summary>
public sealed class ArtifactDraft
{
    internal const string OldSuffix = ".old";

    private readonly ArtifactRecipe _recipe;
    private readonly string _final;
    private readonly TimeProvider _time;

    internal ArtifactDraft(
        string kind,
        string key,
        ArtifactRecipe recipe,
        string folder,
        string final,
        TimeProvider time
    )
    {
        Kind = kind;
        Key = key;
        Folder = folder;
        _recipe = recipe;
        _final = final;
        _time = time;
    }

    public string Kind { get; }

    public string Key { get; }

    /// <summary>Where to write; what an earlier, killed run wrote is still there.</summary>
    public string Folder { get; }

    /// <summary>A full path in the folder.</summary>
    public string this[string name] => Path.Combine(Folder, name);

    /// <summary>Throws away what an earlier run left.</summary>
    public void Clear()
    {
        Directory.Delete(Folder, recursive: true);
        Directory.CreateDirectory(Folder);
    }

    /// <summary>
    /// Writes the lineage, flushes everything to the disk and moves the folder to its final place, where it replaces
    /// an artifact of the same recipe.
    /// </summary>
    /// <param name="exclude">Names, with wildcards, of files that are not part of the result (checkpoints); they are deleted.</param>
    public Artifact Commit(params string[] exclude) =>
        DiskFull.Guard(
            Folder,
            () =>
            {
                var files = new List<ArtifactFile>();
                foreach (var path in Directory.GetFiles(Folder, "*", SearchOption.AllDirectories))
                {
                    var name = Path.GetRelativePath(Folder, path);
                    if (
                        name == ArtifactStore.ManifestName
                        || AtomicFile.IsUnfinished(name)
                        || Array.Exists(
                            exclude,
                            e => FileSystemName.MatchesSimpleExpression(e, name, ignoreCase: false)
                        )
                    )
                    {
                        File.Delete(path);
                        continue;
                    }

                    AtomicFile.Flush(path);
                    files.Add(Artifact.Describe(Folder, path));
                }

                RemoveEmptyFolders();
                return Publish(Describe(files));
            }
        );

    private ArtifactManifest Describe(List<ArtifactFile> files)
    {
        return new ArtifactManifest(
            Kind,
            Key,
            _recipe.Stage,
            _recipe.Version,
            CanonicalJson.Sorted(_recipe.Settings),
            _recipe.Seed,
            _recipe.Inputs,
            [.. files.OrderBy(f => f.Name, StringComparer.Ordinal)],
            _time.GetUtcNow()
        );
    }

    private Artifact Publish(ArtifactManifest manifest)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(
            manifest,
            new JsonSerializerOptions(EpisodeJson.Options) { WriteIndented = true }
        );
        AtomicFile.WriteAllBytes(this[ArtifactStore.ManifestName], json);
        DurableFolder.FlushTree(Folder);
        var parent = Path.GetDirectoryName(_final)!;
        Directory.CreateDirectory(parent);
        var old = Folder + OldSuffix;
        if (Directory.Exists(old))
        {
            Directory.Delete(old, recursive: true);
        }

        if (Directory.Exists(_final))
        {
            Directory.Move(_final, old);
        }

        Directory.Move(Folder, _final);
        DurableFolder.Flush(parent);
        File.Delete(Folder + WorkNote.Suffix);
        if (Directory.Exists(old))
        {
            Directory.Delete(old, recursive: true);
        }

        return new Artifact(_final, manifest);
    }

    private void RemoveEmptyFolders()
    {
        var folders = Directory.GetDirectories(Folder, "*", SearchOption.AllDirectories);
        foreach (var folder in folders.OrderByDescending(f => f.Length))
        {
            if (!Directory.EnumerateFileSystemEntries(folder).Any())
            {
                Directory.Delete(folder);
            }
        }
    }
}

/// <summary>Files of artifacts that readers outside the stages look for.</summary>
public static class ArtifactFileName
{
    /// <summary>The mined patterns, in an artifact of kind <see cref="ArtifactKind.Mined"/>.</summary>
    public const string Patterns = "patterns.parquet";

    /// <summary>What each tried pattern is worth, in an artifact of kind <see cref="ArtifactKind.Replayed"/>.</summary>
    public const string Replay = "replay.json";

    /// <summary>One row per optimizer step, in an artifact of kind <see cref="ArtifactKind.Adapter"/>.</summary>
    public const string Curve = "curve.parquet";

    /// <summary>The page for people, in artifacts of kind <see cref="ArtifactKind.Evaluation"/> and <see cref="ArtifactKind.Trial"/>.</summary>
    public const string Report = "report.html";
}

/// <summary>Unfinished work on an artifact.</summary>
/// <param name="Key">Of the artifact it is to become.</param>
/// <param name="Inputs">What it is made from; empty where an earlier version did not note it.</param>
/// <param name="Touched">When a file of it was last written.</param>
public sealed record ArtifactWork(
    string Folder,
    string Kind,
    string Key,
    IReadOnlyList<string> Inputs,
    long Bytes,
    DateTimeOffset Touched
);

/// <summary>What a draft is to become, written beside its folder: so that its inputs are not taken from under it.</summary>
internal sealed record WorkNote(string Kind, string Key, IReadOnlyList<string> Inputs)
{
    public const string Suffix = ".json";

    public static string FolderOf(string note) => note[..^Suffix.Length];

    /// <returns>Null: there is none that can be read.</returns>
    public static WorkNote? Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<WorkNote>(File.ReadAllBytes(path), EpisodeJson.Options);
        }
        catch (Exception e) when (e is JsonException or FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}
