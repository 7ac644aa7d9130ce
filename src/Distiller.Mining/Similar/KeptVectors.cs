using Distiller.Mining.Reducing;

namespace Distiller.Mining.Similar;

/// <summary>The vectors of all tasks, computed once for each part of the store and kept from night to night.</summary>
/// <param name="workspace">Open for writing.</param>
/// <param name="parts">Files of <see cref="ReducedEpisodeRow"/>.</param>
/// <param name="current">The episodes that count.</param>
public sealed class KeptVectors(
    Workspace workspace,
    IReadOnlyList<string> parts,
    IEnumerable<CurrentEpisode> current,
    TaskEmbedder embedder,
    CancellationToken cancellation = default
)
{
    /// <summary>Raised when the same task would have another row.</summary>
    private const string Version = "1";

    private readonly HashSet<string> _current = current.Select(c => c.Id).ToHashSet(StringComparer.Ordinal);
    private IReadOnlyList<string>? _files;

    private IReadOnlyList<string> Files =>
        _files ??= workspace.Kept.Make("vectors", new { Version, embedder.Name }, parts, Embedded);

    /// <summary>Pairs of tasks that ask the same in other words.</summary>
    public IReadOnlyList<(string A, string B)> Same() =>
        SameMeaning.Find(
            ParquetFile.Read<TaskKeys>(Files).Where(IsCurrent),
            ids =>
                ParquetFile
                    .ReadById<TaskVectorRow>(Files, ids)
                    .ToDictionary(r => r.Id, r => r.Vector, StringComparer.Ordinal)
        );

    /// <summary>All tasks that ask something, by id.</summary>
    public IEnumerable<TaskVectorRow> Rows() =>
        ParquetFile.Read<TaskVectorRow>(Files).Where(r => r.Text.Length > 0 && IsCurrent(r));

    private bool IsCurrent(TaskKeys task) => _current.Contains(new EpisodeId(task.Id).Collected.Value);

    private IEnumerable<TaskVectorRow> Embedded(string part)
    {
        foreach (var row in ParquetFile.Read<ReducedEpisodeRow>(part))
        {
            cancellation.ThrowIfCancellationRequested();
            yield return embedder.Row(row.ToEpisode());
        }
    }
}
