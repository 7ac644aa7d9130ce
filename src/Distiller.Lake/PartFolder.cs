using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Distiller.Lake;

/// <summary>
/// Rows in Parquet part files named by the SHA-256 of their bytes, made visible by numbered commit files that list
/// them. A part that no commit lists does not exist for readers, so a process killed anywhere leaves nothing half
/// visible; the next writer removes such parts. A commit may replace all before it: then only what it and later ones list
/// is there.
/// </summary>
internal sealed class PartFolder(string folder)
{
    private readonly string _parts = Path.Combine(folder, "parts");
    private readonly string _commits = Path.Combine(folder, "commits");

    /// <summary>Leaves out what is false, so that a commit is written as it always was.</summary>
    private static readonly JsonSerializerOptions Json = new(EpisodeJson.Options)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    };

    /// <summary>Full paths of the visible parts, in the order they were committed.</summary>
    public IReadOnlyList<string> Parts() => Listed(discarded: false);

    /// <summary>Full paths of the parts that hold what is left of discarded rows.</summary>
    public IReadOnlyList<string> Discarded() => Listed(discarded: true);

    /// <summary>A text that changes whenever the visible parts do; costs no reading of files.</summary>
    public string Version()
    {
        var last = Commits().LastOrDefault();
        return last is null
            ? ""
            : $"{Path.GetFileName(last)} {File.GetLastWriteTimeUtc(last).Ticks.ToString(CultureInfo.InvariantCulture)}";
    }

    /// <summary>Writes rows as an invisible part and returns its full path; the same rows give the same part.</summary>
    public string WritePart<T>(IEnumerable<T> rows) =>
        DiskFull.Guard(
            folder,
            () =>
            {
                Directory.CreateDirectory(_parts);
                var draft = Path.Combine(_parts, $"{Environment.ProcessId}.draft");
                try
                {
                    ParquetFile.Write(draft, rows);
                    var part = Path.Combine(_parts, Hash(draft) + ".parquet");
                    File.Move(draft, part, overwrite: true);
                    DurableFolder.Flush(_parts);
                    return part;
                }
                finally
                {
                    File.Delete(draft);
                }
            }
        );

    /// <summary>Makes parts visible, all at once.</summary>
    public void Commit(IReadOnlyList<string> parts)
    {
        if (parts.Count > 0)
        {
            Write(parts, [], replaces: false);
        }
    }

    /// <summary>Puts parts in place of all that are visible, at once, and deletes the others.</summary>
    /// <param name="discarded">Parts that hold what is left of discarded rows.</param>
    public void Replace(IReadOnlyList<string> parts, IReadOnlyList<string> discarded)
    {
        Write(parts, discarded, replaces: true);
        RemoveLeftovers();
    }

    /// <summary>Deletes what no commit lists. Only for the one process that may write.</summary>
    public void RemoveLeftovers()
    {
        if (!Directory.Exists(_parts))
        {
            return;
        }

        var visible = Parts().Concat(Discarded()).ToHashSet(StringComparer.Ordinal);
        foreach (var path in Directory.EnumerateFileSystemEntries(_parts).Where(p => !visible.Contains(p)).ToList())
        {
            if (Directory.Exists(path))
            {
                Directory.Delete(path, recursive: true);
            }
            else
            {
                File.Delete(path);
            }
        }

        if (Directory.Exists(_commits))
        {
            var unfinished = Directory.EnumerateFiles(_commits, "*" + AtomicFile.UnfinishedSuffix);
            foreach (
                var path in unfinished.Concat(Commits().Except(Current(Commits()), StringComparer.Ordinal)).ToList()
            )
            {
                File.Delete(path);
            }
        }
    }

    private static string Hash(string path)
    {
        using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }

    private IReadOnlyList<string> Listed(bool discarded)
    {
        while (true)
        {
            var commits = Commits();
            try
            {
                var parts = new List<string>();
                var seen = new HashSet<string>(StringComparer.Ordinal);
                foreach (var commit in Current(commits))
                {
                    foreach (var part in ReadCommit(commit).Parts.Where(p => p.Discarded == discarded))
                    {
                        if (seen.Add(part.File))
                        {
                            parts.Add(Resolve(commit, part.File));
                        }
                    }
                }

                return parts;
            }
            catch (Exception e)
                when (e is BadInputException or FileNotFoundException
                    && !commits.SequenceEqual(Commits(), StringComparer.Ordinal)
                )
            {
                // A writer replaced the parts meanwhile.
            }
        }
    }

    private List<string> Commits() =>
        Directory.Exists(_commits)
            ? [.. Directory.EnumerateFiles(_commits, "*.json").Order(StringComparer.Ordinal)]
            : [];

    /// <summary>The commits that count: the last that replaces all before it, and those after it.</summary>
    private static IEnumerable<string> Current(IReadOnlyList<string> commits)
    {
        for (var i = commits.Count - 1; i > 0; i--)
        {
            if (ReadCommit(commits[i]).Replaces)
            {
                return commits.Skip(i);
            }
        }

        return commits;
    }

    private void Write(IReadOnlyList<string> parts, IReadOnlyList<string> discarded, bool replaces) =>
        DiskFull.Guard(
            folder,
            () =>
            {
                var last = Commits().LastOrDefault();
                var number = last is null
                    ? 1
                    : int.Parse(Path.GetFileNameWithoutExtension(last), CultureInfo.InvariantCulture) + 1;
                var entries = parts.Select(p => Describe(p, false)).Concat(discarded.Select(p => Describe(p, true)));
                var json = JsonSerializer.SerializeToUtf8Bytes(
                    new CommitFile([.. entries]) { Replaces = replaces },
                    Json
                );
                AtomicFile.WriteAllBytes(Path.Combine(_commits, $"{number:D8}.json"), json);
            }
        );

    private static CommittedPart Describe(string part, bool discarded) =>
        new(Path.GetFileName(part), new FileInfo(part).Length) { Discarded = discarded };

    private static CommitFile ReadCommit(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<CommitFile>(File.ReadAllBytes(path), EpisodeJson.Options)
                ?? throw new JsonException("It holds null.");
        }
        catch (JsonException e)
        {
            throw new BadInputException(
                new SourceLocation(path, 0),
                "The workspace's list of parts is damaged.",
                "Restore the file from a backup, or collect into a new --home.",
                e
            );
        }
    }

    private string Resolve(string commit, string name)
    {
        var path = Path.Combine(_parts, Path.GetFileName(name));
        return File.Exists(path)
            ? path
            : throw new BadInputException(
                new SourceLocation(commit, 0),
                $"The part {name} that it lists is missing.",
                "Restore the file from a backup, or collect into a new --home."
            );
    }

    private sealed record CommitFile(IReadOnlyList<CommittedPart> Parts)
    {
        /// <summary>Whether the commits before this one no longer count.</summary>
        public bool Replaces { get; init; }
    }

    private sealed record CommittedPart(string File, long Bytes)
    {
        public bool Discarded { get; init; }
    }
}
