using System.Text.RegularExpressions;
using LibGit2Sharp;

namespace Distiller.Mining.Repositories;

/// <summary>
/// The commits of a repository's current branch, read by libgit2: which files each changed, and whether what it added is still
/// there some days later. Nothing of the repository is run, and nothing is written to it.
/// </summary>
public sealed partial class RepositoryHistory : IDisposable
{
    /// <summary>A large repository is read from its newest commit back, so far at most.</summary>
    private const int CommitsMax = 50_000;

    /// <summary>A commit of more files is a vendored folder or a change of format, and no task's work.</summary>
    private const int FilesMax = 500;

    private readonly Repository _repository;
    private readonly string _path;

    private RepositoryHistory(Repository repository, string path)
    {
        _repository = repository;
        _path = path;
        var folder = repository.Info.WorkingDirectory ?? repository.Info.Path;
        Name =
            Path.GetFileName(folder.TrimEnd('/')) is var name && name is ".git"
                ? Path.GetFileName(Path.GetDirectoryName(folder.TrimEnd('/')))!
            : name.EndsWith(".git", StringComparison.Ordinal) ? name[..^4]
            : name;
    }

    /// <summary>The last part of its folder's name.</summary>
    public string Name { get; }

    /// <summary>The commit that its current branch ends at, 40 hex digits.</summary>
    public string Head => _repository.Head.Tip.Sha;

    /// <summary>When that commit was made. What has to stand for some days is measured up to then, not to a clock.</summary>
    public DateTimeOffset HeadTime => _repository.Head.Tip.Committer.When;

    /// <summary>Addresses of the repositories that it was cloned from.</summary>
    public IEnumerable<string> Addresses => _repository.Network.Remotes.Select(r => r.Url);

    /// <param name="path">Its folder, or one within it; a bare repository's own folder.</param>
    /// <exception cref="BadInputException">There is no repository, it has no commit, or it cannot be read.</exception>
    public static RepositoryHistory Open(string path)
    {
        // A night may run as another user than the owner of the folder, and reads only.
        GlobalSettings.SetOwnerValidation(false);
        try
        {
            var found =
                Repository.Discover(path)
                ?? throw Bad(
                    path,
                    "There is no git repository.",
                    "Name the folder of a clone, or leave 'repository' out."
                );
            var repository = new Repository(found);
            if (repository.Head.Tip is null)
            {
                repository.Dispose();
                throw Bad(path, "The repository's current branch has no commit.", "Check out a branch that has.");
            }

            return new RepositoryHistory(repository, path);
        }
        catch (Exception e) when (e is LibGit2SharpException or IOException or UnauthorizedAccessException)
        {
            throw Bad(path, $"The repository cannot be read: {e.Message.Trim()}", "Check it with 'git fsck'.", e);
        }
    }

    /// <summary>Commits with one parent that were made in a span of time, the oldest first.</summary>
    /// <exception cref="BadInputException">An object of the repository is missing or damaged.</exception>
    public IReadOnlyList<CommitChange> Changes(DateTimeOffset from, DateTimeOffset to) =>
        Guard(() =>
        {
            var changes = new List<CommitChange>();
            foreach (var commit in Walk().TakeWhile(c => c.Committer.When >= from))
            {
                var parents = commit.Parents.ToList();
                if (commit.Committer.When > to || parents.Count > 1)
                {
                    continue;
                }

                var files = _repository.Diff.Compare<TreeChanges>(parents.FirstOrDefault()?.Tree, commit.Tree);
                if (files.Count <= FilesMax)
                {
                    changes.Add(
                        new CommitChange(
                            commit.Sha,
                            commit.Committer.When,
                            files.Select(f => f.Path).ToHashSet(StringComparer.Ordinal)
                        )
                    );
                }
            }

            changes.Reverse();
            return changes;
        });

    /// <summary>The commits that later ones say they revert, in full or as they were abbreviated.</summary>
    public IReadOnlySet<string> Reverted(DateTimeOffset since) =>
        Guard(() =>
            Walk()
                .TakeWhile(c => c.Committer.When >= since)
                .SelectMany(c => Reverts().Matches(c.Message).Select(m => m.Groups[1].Value))
                .ToHashSet(StringComparer.Ordinal)
        );

    /// <summary>
    /// Share of the lines that a commit added to some files which the branch still holds in them at a time; null where it added
    /// none that can be told apart.
    /// </summary>
    public double? Standing(string sha, IReadOnlyCollection<string> files, DateTimeOffset at) =>
        Guard(() =>
        {
            var commit = _repository.Lookup<Commit>(sha);
            var later = Walk().First(c => c.Committer.When <= at || c.Sha == sha);
            var patch = _repository.Diff.Compare<Patch>(commit.Parents.FirstOrDefault()?.Tree, commit.Tree, files);
            var (added, standing) = (0, 0);
            foreach (var file in patch.Where(f => !f.IsBinaryComparison))
            {
                var lines = file.AddedLines.Select(l => l.Content.Trim()).Where(Tells).ToList();
                var now = Text(later, file.Path);
                added += lines.Count;
                standing += lines.Count(now.Contains);
            }

            return added == 0 ? (double?)null : (double)standing / added;
        });

    public void Dispose() => _repository.Dispose();

    /// <summary>A brace or an empty line stands in any file.</summary>
    private static bool Tells(string line) => line.Length >= 6 && line.Any(char.IsLetter);

    private static HashSet<string> Text(Commit commit, string path)
    {
        const long bytesMax = 4 << 20;
        return commit[path]?.Target is Blob { Size: <= bytesMax } blob
            ? blob.GetContentText().Split('\n').Select(l => l.Trim()).ToHashSet(StringComparer.Ordinal)
            : [];
    }

    /// <summary>The newest first.</summary>
    private IEnumerable<Commit> Walk() =>
        _repository
            .Commits.QueryBy(
                new CommitFilter { IncludeReachableFrom = _repository.Head, SortBy = CommitSortStrategies.Time }
            )
            .Take(CommitsMax);

    private T Guard<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is LibGit2SharpException or IOException)
        {
            throw Bad(_path, $"The repository cannot be read: {e.Message.Trim()}", "Check it with 'git fsck'.", e);
        }
    }

    private static BadInputException Bad(string path, string reason, string remedy, Exception? inner = null) =>
        new(new SourceLocation(path, 0), reason, remedy, inner);

    [GeneratedRegex(@"This reverts commit ([0-9a-f]{7,40})", RegexOptions.CultureInvariant)]
    private static partial Regex Reverts();
}

/// <summary>A commit and the files that it changed, from the repository's top folder.</summary>
public sealed record CommitChange(string Sha, DateTimeOffset Time, IReadOnlySet<string> Files);
