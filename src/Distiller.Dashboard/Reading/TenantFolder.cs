using System.Collections.Concurrent;
using Distiller.Core;
using Distiller.Evaluation;
using Distiller.Jobs.Scheduling.Store;
using Distiller.Lake;
using Distiller.Lake.Catalog;
using Distiller.Mining.Cards;
using Distiller.Mining.Imprints;
using Distiller.Mining.Labelling;
using Distiller.Mining.Outcomes;
using Distiller.Mining.Patterns;
using Distiller.Mining.Reviewing;
using Distiller.Mining.Similar;
using Distiller.Registry;
using Distiller.Reporting;

namespace Distiller.Dashboard.Reading;

/// <summary>A tenant's workspace and releases, to be read while a night may be writing.</summary>
internal sealed class TenantFolder(DashboardOptions options, ContentCache cache, TimeProvider time) : IDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<EpisodeCatalog>> _catalogs = new(StringComparer.Ordinal);

    private readonly TaskEmbedder _embedder = TaskEmbedder.Open(null);

    /// <summary>In full: a schedule may name it relative to the server's home.</summary>
    public string Home(TenantStatus tenant) => Path.GetFullPath(Path.Combine(options.Home, tenant.Home));

    /// <summary>Null before the first night, which makes the folder.</summary>
    public Workspace? Workspace(TenantStatus tenant) =>
        Directory.Exists(Home(tenant)) ? Lake.Workspace.OpenReadOnly(Home(tenant)) : null;

    public ReleaseRegistry Registry(TenantStatus tenant) =>
        new(Path.GetFullPath(Path.Combine(options.Home, tenant.Registry)), time);

    /// <summary>Kept, since it holds its table in memory and follows what is collected by itself.</summary>
    public EpisodeCatalog Catalog(TenantStatus tenant) =>
        _catalogs
            .GetOrAdd(Home(tenant), home => new(() => new EpisodeCatalog(home, time, Outcomes(home).Episodes())))
            .Value;

    /// <summary>How a tenant's tasks ended, from all that is known now.</summary>
    public TaskOutcomes Outcomes(TenantStatus tenant) => Outcomes(Home(tenant)).Tasks();

    public PatternReviews Reviews(TenantStatus tenant) => new(Home(tenant), time);

    public ImprintBook Imprints(TenantStatus tenant) => new(Home(tenant), time);

    public LabelBook Labels(TenantStatus tenant) => new(Home(tenant), time);

    /// <summary>An artifact by the <c>kind/key</c> that a run's stage names; null: a bare key, or it was cleared away.</summary>
    public Artifact? Find(TenantStatus tenant, string reference) =>
        reference.Split('/') is [var kind, var key] ? Find(tenant, kind, key) : null;

    public Artifact? Find(TenantStatus tenant, string kind, string key) =>
        IsName(kind) && IsName(key) ? Workspace(tenant)?.Artifacts.Find(kind, key) : null;

    public IReadOnlyList<Pattern> Patterns(Artifact mined) =>
        cache.Get(
            mined.File(ArtifactFileName.Patterns),
            path => (IReadOnlyList<Pattern>)[.. ParquetTable.Read<PatternRow>(path).Select(r => r.ToPattern())]
        );

    /// <summary>What patterns did when they were last tried; none where none was.</summary>
    public IReadOnlyList<PatternValue> Tried(TenantStatus tenant) =>
        Workspace(tenant)?.Artifacts.Latest(ArtifactKind.Replayed) is { } replayed
            ? cache.Get(replayed.File(ArtifactFileName.Replay), PatternValue.Read)
            : [];

    /// <summary>
    /// The tasks of the newest mining, ready to be searched; null: nothing was mined. It finds none where an embedding model was
    /// used, which the dashboard does not load.
    /// </summary>
    public TaskSearch? Similar(TenantStatus tenant)
    {
        var mined = Workspace(tenant)
            ?.Artifacts.List(ArtifactKind.Mined)
            .LastOrDefault(a => a.Manifest.Files.Any(f => f.Name == TaskSearch.TasksFile));
        return mined is null
            ? null
            : cache.Get(
                mined.File(TaskSearch.TasksFile),
                path =>
                {
                    IReadOnlyList<SearchedTask> tasks = [.. ParquetTable.Read<SearchedTask>(path)];
                    return new TaskSearch(tasks.All(t => t.Embedder == _embedder.Name) ? tasks : [], _embedder);
                }
            );
    }

    public IReadOnlyList<Card> Cards(Artifact mined) =>
        cache.Get(mined.File(ImprintBook.CardsFile), _ => ImprintBook.ReadCards(mined));

    public IReadOnlyList<TrainingCurvePoint> Curve(Artifact adapter) =>
        cache.Get(
            adapter.File(ArtifactFileName.Curve),
            path => (IReadOnlyList<TrainingCurvePoint>)[.. ParquetTable.Read<TrainingCurvePoint>(path)]
        );

    public TrialSummary? Trial(Artifact trial) =>
        trial.Manifest.Files.Any(f => f.Name == TrialFolder.SummaryName)
            ? cache.Get(trial.Folder, TrialFolder.ReadSummary)
            : null;

    /// <summary>The certificate on held-out episodes; null where it was cleared away or has another form.</summary>
    public EvaluationSummary? Certificate(Artifact evaluation)
    {
        try
        {
            return cache.Get(evaluation.Folder, EvaluationFolder.ReadSummary);
        }
        catch (BadInputException)
        {
            return null;
        }
    }

    /// <summary>The adapter's own manifest in a release, with the error of every tensor; null where it has another form.</summary>
    public double? ProductError(string releaseFolder)
    {
        try
        {
            return cache
                .Get(Path.Combine(releaseFolder, Gguf.AdapterManifest.FileName), Gguf.AdapterManifest.Read)
                .MeanError;
        }
        catch (BadInputException)
        {
            return null;
        }
    }

    public void Dispose()
    {
        _embedder.Dispose();
        foreach (var catalog in _catalogs.Values.Where(c => c.IsValueCreated))
        {
            catalog.Value.Dispose();
        }
    }

    private WorkspaceOutcomes Outcomes(string home) => new(home, OutcomeRules.Default, time);

    /// <summary>What the store of artifacts takes as a name; anything else in an address names nothing.</summary>
    private static bool IsName(string name) =>
        name.Length > 0 && name[0] != '.' && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
}

/// <summary>Names within a release, as <c>ops/decisions/0004</c> lays it out.</summary>
internal static class ReleaseFiles
{
    public const string F16 = "adapter-f16.gguf";
    public const string Int4 = "adapter-int4.gguf";
}
