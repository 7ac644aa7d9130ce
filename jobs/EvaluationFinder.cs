using Distiller.Core;
using Distiller.Evaluation;
using Distiller.Lake;
using Distiller.Registry;

namespace Distiller.Jobs;

/// <summary>Finds what was evaluated: the newest, that of a release, or any folder that holds one.</summary>
public sealed class EvaluationFinder(string home, string registryFolder)
{
    private static readonly (string Stage, string Kind)[] Stages =
    [
        ("evaluate", ArtifactKind.Evaluation),
        ("trial", ArtifactKind.Trial),
    ];

    /// <param name="reference">A folder, a release's id or the beginning of it; null: the newest of each kind.</param>
    /// <exception cref="BadInputException">Nothing is found, or the rows of the release are gone.</exception>
    public IReadOnlyList<EvaluationPlace> Find(string? reference)
    {
        if (reference is null)
        {
            using var workspace = Workspace.OpenReadOnly(home);
            var newest = Stages.Select(s => workspace.Artifacts.Latest(s.Kind)).OfType<Artifact>().ToList();
            return newest.Count > 0
                ? [.. newest.Select(a => new EvaluationPlace(a.Folder, null))]
                : throw NoEvaluation("Run 'distiller evaluate' first.");
        }

        return Directory.Exists(reference)
            ? [new EvaluationPlace(Path.GetFullPath(reference), null)]
            : OfRelease(reference);
    }

    /// <summary>The newest evaluation in which tasks were worked.</summary>
    /// <exception cref="BadInputException">There is none.</exception>
    public string NewestTrial()
    {
        using var workspace = Workspace.OpenReadOnly(home);
        return Stages
                .SelectMany(s => workspace.Artifacts.List(s.Kind))
                .Where(a => TrialFolder.Exists(a.Folder))
                .MaxBy(a => a.Manifest.Created)
                ?.Folder
            ?? throw NoEvaluation("Run an evaluation with tasks first; 'distiller report' shows the others.");
    }

    private IReadOnlyList<EvaluationPlace> OfRelease(string reference)
    {
        var releases = new ReleaseRegistry(registryFolder, TimeProvider.System);
        var release = releases.Show(reference);
        using var workspace = Workspace.OpenReadOnly(home);
        var found = new List<EvaluationPlace>();
        foreach (var (stage, kind) in Stages)
        {
            foreach (var artifact in release.Lineage.Where(a => a.Stage == stage))
            {
                var made = workspace.Artifacts.Find(kind, artifact.Key) ?? throw Gone(kind, artifact.Key);
                found.Add(new EvaluationPlace(made.Folder, releases.FolderOf(release)));
            }
        }

        return found.Count > 0 ? found : throw NoEvaluation($"The release {release.Id} names none in its lineage.");

        BadInputException Gone(string kind, string key) =>
            new(
                new SourceLocation(home, 0),
                $"The release {release.Id} rests on {kind}/{key}, whose rows are gone from this workspace.",
                "Give the workspace that published it with --home, or a folder that holds the rows."
            );
    }

    private BadInputException NoEvaluation(string remedy) =>
        new(new SourceLocation(home, 0), "There is no evaluation of this kind here.", remedy);
}

/// <summary>Where an evaluation lies.</summary>
/// <param name="Folder">With its figures and the rows they follow from.</param>
/// <param name="Release">The folder of the release that was published with it; null where none was asked for.</param>
public sealed record EvaluationPlace(string Folder, string? Release);
