using Distiller.Mining.Digesting;

namespace Distiller.Mining.Cards;

/// <summary>
/// The tasks of one project. Several people, or one on several machines, keep the same repository in folders of their own: they
/// are one project where the log names the repository, or where folders of the same last name hold the same files.
/// </summary>
/// <param name="Name">The folder in which most of its tasks were done; empty where logs do not tell.</param>
/// <param name="Tasks">By id.</param>
internal sealed record ProjectTasks(string Name, IReadOnlyList<EpisodeDigest> Tasks)
{
    private const int SharedFilesMin = 3;

    public static IEnumerable<ProjectTasks> Of(IEnumerable<EpisodeDigest> tasks)
    {
        var folders = tasks
            .GroupBy(t => t.Project ?? "", StringComparer.Ordinal)
            .OrderByDescending(g => g.Count())
            .ThenBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => new Folder(g.Key, [.. g]));
        var projects = new List<List<Folder>>();
        foreach (var folder in folders)
        {
            var own = projects.Find(p => p.Exists(folder.IsSameAs));
            if (own is null)
            {
                projects.Add([folder]);
            }
            else
            {
                own.Add(folder);
            }
        }

        return projects
            .OrderBy(p => p[0].Path, StringComparer.Ordinal)
            .Select(p => new ProjectTasks(
                p[0].Path,
                [.. p.SelectMany(f => f.Tasks).OrderBy(t => t.Id, StringComparer.Ordinal)]
            ));
    }

    private sealed class Folder(string path, IReadOnlyList<EpisodeDigest> tasks)
    {
        private readonly HashSet<string> _files =
        [
            .. tasks
                .SelectMany(t => t.FirstFiles.Concat(t.EditedFiles))
                .Where(f => !f.StartsWith("..", StringComparison.Ordinal)),
        ];
        private readonly string? _repository = tasks.Select(t => t.Repository).FirstOrDefault(r => r is not null);
        private readonly string _lastName = path.TrimEnd('/', '\\').Split('/', '\\')[^1];

        public string Path => path;

        public IReadOnlyList<EpisodeDigest> Tasks => tasks;

        public bool IsSameAs(Folder other) =>
            _repository is not null && other._repository is not null
                ? _repository == other._repository
                : _lastName.Length > 0
                    && _lastName == other._lastName
                    && _files.Intersect(other._files, StringComparer.Ordinal).Take(SharedFilesMin).Count()
                        == SharedFilesMin;
    }
}
