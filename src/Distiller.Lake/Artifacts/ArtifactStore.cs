using System.Text.Json;

namespace Distiller.Lake;

/// <summary>
/// Results of the stages, one folder each, named by what they were made of: <c>artifacts/KIND/KEY</c>. Work in progress
/// lies in <c>artifacts/.work/KIND-KEY</c> and survives a killed process, so that a stage can go on from a checkpoint.
/// </summary>
public sealed class ArtifactStore
{
    internal const string ManifestName = "artifact.json";
    private const string WorkName = ".work";

    /// <summary>Where what is deleted goes first: a rename is atomic, the deletion of a folder is not.</summary>
    private const string TrashName = ".trash";

    private readonly string _folder;
    private readonly bool _writable;
    private readonly TimeProvider _time;

    internal ArtifactStore(string folder, bool writable, TimeProvider time)
    {
        _folder = folder;
        _writable = writable;
        _time = time;
    }

    public Artifact? Find(string kind, string key)
    {
        var folder = Path.Combine(_folder, Name(kind), Name(key));
        var path = Path.Combine(folder, ManifestName);
        return File.Exists(path) ? new Artifact(folder, ReadManifest(path)) : null;
    }

    /// <summary>The artifact of a recipe, where it was made before.</summary>
    public Artifact? Find(string kind, ArtifactRecipe recipe) => Find(kind, recipe.Key(kind));

    /// <summary>Starts an artifact, or goes on with one that was started from the same recipe and not finished.</summary>
    public ArtifactDraft Begin(string kind, ArtifactRecipe recipe)
    {
        if (!_writable)
        {
            throw new InvalidOperationException("The workspace was opened for reading.");
        }

        var key = recipe.Key(Name(kind));
        var work = Path.Combine(_folder, WorkName, $"{kind}-{key}");
        DiskFull.Guard(
            work,
            () =>
            {
                Directory.CreateDirectory(work);
                var note = new WorkNote(kind, key, recipe.Inputs);
                AtomicFile.WriteAllBytes(
                    work + WorkNote.Suffix,
                    JsonSerializer.SerializeToUtf8Bytes(note, EpisodeJson.Options)
                );
            }
        );
        return new ArtifactDraft(kind, key, recipe, work, Path.Combine(_folder, kind, key), _time);
    }

    /// <summary>All artifacts of a kind, oldest first.</summary>
    public IEnumerable<Artifact> List(string kind)
    {
        var folder = Path.Combine(_folder, Name(kind));
        return Directory.Exists(folder)
            ? Directory
                .EnumerateDirectories(folder)
                .Select(d => Find(kind, Path.GetFileName(d)))
                .OfType<Artifact>()
                .OrderBy(a => a.Manifest.Created)
                .ThenBy(a => a.Key, StringComparer.Ordinal)
            : Enumerable.Empty<Artifact>();
    }

    /// <summary>The kinds there are artifacts of, by name.</summary>
    public IReadOnlyList<string> Kinds() =>
        Directory.Exists(_folder)
            ?
            [
                .. Directory
                    .EnumerateDirectories(_folder)
                    .Select(d => Path.GetFileName(d))
                    .Where(IsName)
                    .Order(StringComparer.Ordinal),
            ]
            : [];

    /// <summary>Unfinished work, by kind and key.</summary>
    public IReadOnlyList<ArtifactWork> Unfinished() =>
        [
            .. Entries(WorkName)
                .Where(e => Directory.Exists(e) && !e.EndsWith(ArtifactDraft.OldSuffix, StringComparison.Ordinal))
                .Select(Work),
        ];

    /// <summary>What killed processes left that nothing goes on from: replaced artifacts, half deleted ones, unfinished files.</summary>
    public IReadOnlyList<string> Leftovers() =>
        [
            .. Entries(WorkName)
                .Where(e =>
                    e.EndsWith(ArtifactDraft.OldSuffix, StringComparison.Ordinal)
                    || AtomicFile.IsUnfinished(e)
                    || (
                        e.EndsWith(WorkNote.Suffix, StringComparison.Ordinal) && !Directory.Exists(WorkNote.FolderOf(e))
                    )
                ),
            .. Entries(TrashName),
        ];

    /// <summary>Deletes an artifact, a draft or a leftover: for readers all at once.</summary>
    /// <param name="path">A path in this store's folder.</param>
    public void Delete(string path)
    {
        if (!_writable)
        {
            throw new InvalidOperationException("The workspace was opened for reading.");
        }

        if (!Path.GetFullPath(path).StartsWith(_folder + Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            throw new ArgumentException("The path does not lie in the store.", nameof(path));
        }

        File.Delete(path + WorkNote.Suffix);
        if (!Directory.Exists(path))
        {
            File.Delete(path);
            return;
        }

        var trash = Path.Combine(_folder, TrashName);
        Directory.CreateDirectory(trash);
        var moved = Path.Combine(trash, Guid.NewGuid().ToString("N"));
        Directory.Move(path, moved);
        Directory.Delete(moved, recursive: true);
    }

    /// <summary>The artifact of a kind that was finished last.</summary>
    public Artifact? Latest(string kind) => List(kind).LastOrDefault();

    private IEnumerable<string> Entries(string name)
    {
        var folder = Path.Combine(_folder, name);
        return Directory.Exists(folder)
            ? Directory.EnumerateFileSystemEntries(folder).Order(StringComparer.Ordinal).ToList()
            : [];
    }

    private static ArtifactWork Work(string folder)
    {
        var name = Path.GetFileName(folder);
        var dash = name.LastIndexOf('-');
        var note = WorkNote.Read(folder + WorkNote.Suffix);
        return new ArtifactWork(
            folder,
            note?.Kind ?? name[..Math.Max(dash, 0)],
            note?.Key ?? name[(dash + 1)..],
            note?.Inputs ?? [],
            FolderSize.Bytes(folder),
            FolderSize.Touched(folder)
        );
    }

    private static bool IsName(string name) =>
        name.Length > 0 && name[0] != '.' && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');

    private static string Name(string name) =>
        IsName(name)
            ? name
            : throw new ArgumentException($"'{name}' is no name for an artifact's kind or key.", nameof(name));

    private static ArtifactManifest ReadManifest(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<ArtifactManifest>(File.ReadAllBytes(path), EpisodeJson.Options)
                ?? throw new JsonException("It holds null.");
        }
        catch (JsonException e)
        {
            throw new BadInputException(
                new SourceLocation(path, 0),
                "The artifact's description is damaged.",
                "Delete the artifact's folder and run the stage again.",
                e
            );
        }
    }
}

/// <summary>What lies in a folder. Links are counted as they are, not followed.</summary>
public static class FolderSize
{
    private static readonly EnumerationOptions All = new()
    {
        RecurseSubdirectories = true,
        AttributesToSkip = FileAttributes.None,
        IgnoreInaccessible = true,
    };

    /// <summary>Bytes of all files in it, or of the file itself; 0 where there is nothing.</summary>
    public static long Bytes(string path) =>
        Directory.Exists(path) ? Files(path).Sum(f => f.Length)
        : File.Exists(path) ? new FileInfo(path).Length
        : 0;

    /// <summary>When something in it was last written.</summary>
    public static DateTimeOffset Touched(string folder) =>
        new(Files(folder).Select(f => f.LastWriteTimeUtc).Append(Directory.GetLastWriteTimeUtc(folder)).Max(), default);

    private static IEnumerable<FileInfo> Files(string folder) =>
        new DirectoryInfo(folder).EnumerateFiles("*", All).Where(f => f.LinkTarget is null);
}
