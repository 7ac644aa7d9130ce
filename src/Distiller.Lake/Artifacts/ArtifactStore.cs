using System.Text.Json;

namespace Distiller.Lake;

/// <summary>
/// Results of the stages, one folder each, named by what they were made of: <c>artifacts/KIND/KEY</c>. Work in progress
/// lies in <c>artifacts/.work/KIND-KEY</c> and survives a killed process, so that a stage can go on from a checkpoint.
/// </summary>
public sealed class ArtifactStore
{
    internal const string ManifestName = "artifact.json";

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
        var work = Path.Combine(_folder, ".work", $"{kind}-{key}");
        DiskFull.Guard(work, () => Directory.CreateDirectory(work));
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

    /// <summary>The artifact of a kind that was finished last.</summary>
    public Artifact? Latest(string kind) => List(kind).LastOrDefault();

    private static string Name(string name) =>
        name.Length > 0 && name[0] != '.' && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')
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
