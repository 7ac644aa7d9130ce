using Distiller.Mining.Outcomes;

namespace Distiller.Mining.Repositories;

/// <summary>What the repository showed of a task at a mining: a row of that mining's artifact, where a repository was named.</summary>
/// <param name="Task">Its id.</param>
/// <param name="Says">As <see cref="OutcomeKind"/>.</param>
public sealed record RepositoryVerdict(string Task, string Source, int Says, double Confidence, bool Direct)
{
    public const string FileName = "repository.parquet";

    public static IEnumerable<RepositoryVerdict> Of(IReadOnlyDictionary<string, Evidence> evidence) =>
        evidence
            .OrderBy(e => e.Key, StringComparer.Ordinal)
            .Select(e => new RepositoryVerdict(
                e.Key,
                e.Value.Source,
                (int)e.Value.Says,
                e.Value.Confidence,
                e.Value.Direct
            ));

    /// <summary>By task, as the newest mining saw it; empty where that knew of no repository.</summary>
    public static IReadOnlyDictionary<string, Evidence> Newest(Workspace workspace) =>
        workspace.Artifacts.Latest(ArtifactKind.Mined) is { } mined && mined.Manifest.Files.Any(f => f.Name == FileName)
            ? ParquetTable
                .Read<RepositoryVerdict>(mined.File(FileName))
                .ToDictionary(
                    v => v.Task,
                    v => new Evidence(v.Source, (OutcomeKind)v.Says, v.Confidence, v.Direct),
                    StringComparer.Ordinal
                )
            : new Dictionary<string, Evidence>(StringComparer.Ordinal);
}
