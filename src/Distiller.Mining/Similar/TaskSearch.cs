using Distiller.Retrieval;

namespace Distiller.Mining.Similar;

/// <summary>The tasks of a mining, searched for those that ask nearly the same: exact, by cosine, in memory.</summary>
public sealed class TaskSearch
{
    /// <summary>In the artifact of a mining: rows of <see cref="SearchedTask"/>, by id.</summary>
    public const string TasksFile = "tasks.parquet";

    private readonly IReadOnlyList<SearchedTask> _tasks;
    private readonly VectorIndex _index;
    private readonly TaskEmbedder _embedder;

    /// <param name="embedder">Stays the caller's.</param>
    public TaskSearch(IEnumerable<SearchedTask> tasks, TaskEmbedder embedder)
    {
        _tasks = [.. tasks];
        _embedder = embedder;
        _index = new VectorIndex(_tasks.Select(t => new ReadOnlyMemory<float>(VectorOf(t))));
    }

    /// <summary>Those of the newest mining that has them.</summary>
    /// <param name="embedder">The one that the mining used.</param>
    /// <exception cref="BadInputException">Nothing was mined yet, or another embedder was used.</exception>
    public static IReadOnlyList<SearchedTask> Read(string home, TaskEmbedder embedder)
    {
        using var workspace = Workspace.OpenReadOnly(home);
        var mined =
            workspace
                .Artifacts.List(ArtifactKind.Mined)
                .LastOrDefault(a => a.Manifest.Files.Any(f => f.Name == TasksFile))
            ?? throw new BadInputException(
                new SourceLocation(home, 0),
                "The workspace holds no mining with tasks that can be searched.",
                "Run 'distiller mine' or 'distiller nightly' first."
            );
        IReadOnlyList<SearchedTask> tasks = [.. ParquetTable.Read<SearchedTask>(mined.File(TasksFile))];
        return tasks.Count == 0 || tasks[0].Embedder == embedder.Name
            ? tasks
            : throw new BadInputException(
                new SourceLocation(mined.File(TasksFile), 0),
                $"Its tasks were embedded by '{tasks[0].Embedder}', and not by '{embedder.Name}'.",
                "Name that embedding model with --embedder, or mine again with this one."
            );
    }

    /// <param name="take">1 or more.</param>
    /// <param name="except">A task that is left out: the one asked about.</param>
    /// <returns>The nearest first.</returns>
    public IReadOnlyList<SimilarTask> Find(string text, int take, string? except = null) =>
        _tasks.Count == 0
            ? []
            :
            [
                .. _index
                    .Search(_embedder.Embed(text), take + 1)
                    .Select(m => new SimilarTask(_tasks[m.Position], m.Score))
                    .Where(t => t.Task.Id != except)
                    .Take(take),
            ];

    /// <summary>The built-in embedder is faster than a file of its vectors, so that none are kept.</summary>
    private float[] VectorOf(SearchedTask task) => task.Vector.Length > 0 ? task.Vector : _embedder.Embed(task.Text);
}

/// <summary>A task that can be searched.</summary>
/// <param name="Outcome">As <see cref="OutcomeKind"/>, in small letters.</param>
/// <param name="Embedder">See <see cref="TaskEmbedder.Name"/>.</param>
/// <param name="Vector">Empty where the built-in embedder gives it.</param>
public sealed record SearchedTask(
    string Id,
    string TaskId,
    string Text,
    string Outcome,
    string Embedder,
    float[] Vector
)
{
    public static SearchedTask Of(TaskVectorRow row, OutcomeKind outcome, string embedder) =>
        new(
            row.Id,
            row.TaskId,
            row.Text,
            outcome.ToString().ToLowerInvariant(),
            embedder,
            embedder == HashedTextEmbedder.ModelId ? [] : row.Vector
        );
}

/// <summary>A task that asks something like another.</summary>
/// <param name="Cosine">-1 to 1.</param>
public sealed record SimilarTask(SearchedTask Task, double Cosine);
