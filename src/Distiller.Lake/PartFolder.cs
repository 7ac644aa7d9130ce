using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;

namespace Distiller.Lake;

/// <summary>
/// Rows in Parquet part files named by the SHA-256 of their bytes, made visible by numbered commit files that list
/// them. A part that no commit lists does not exist for readers, so a process killed anywhere leaves nothing half
/// visible; the next writer removes such parts.
/// </summary>
internal sealed class PartFolder(string folder)
{
    private readonly string _parts = Path.Combine(folder, "parts");
    private readonly string _commits = Path.Combine(folder, "commits");

    /// <summary>Full paths of the visible parts, in the order they were committed.</summary>
    public IReadOnlyList<string> Parts()
    {
        var parts = new List<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var commit in Commits())
        {
            foreach (var part in ReadCommit(commit).Parts)
            {
                if (seen.Add(part.File))
                {
                    parts.Add(Resolve(commit, part.File));
                }
            }
        }

        return parts;
    }

    /// <summary>Writes rows as an invisible part and returns its full path; the same rows give the same part.</summary>
    public string WritePart<
        [DynamicallyAccessedMembers(
            DynamicallyAccessedMemberTypes.PublicProperties | DynamicallyAccessedMemberTypes.PublicConstructors
        )]
            T
    >(IEnumerable<T> rows) =>
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
        if (parts.Count == 0)
        {
            return;
        }

        DiskFull.Guard(
            folder,
            () =>
            {
                var last = Commits().LastOrDefault();
                var number = last is null
                    ? 1
                    : int.Parse(Path.GetFileNameWithoutExtension(last), CultureInfo.InvariantCulture) + 1;
                var entries = parts.Select(p => new CommittedPart(Path.GetFileName(p), new FileInfo(p).Length));
                var json = JsonSerializer.SerializeToUtf8Bytes(new CommitFile([.. entries]), EpisodeJson.Options);
                AtomicFile.WriteAllBytes(Path.Combine(_commits, $"{number:D8}.json"), json);
            }
        );
    }

    /// <summary>Deletes what no commit lists. Only for the one process that may write.</summary>
    public void RemoveLeftovers()
    {
        if (!Directory.Exists(_parts))
        {
            return;
        }

        var visible = Parts().ToHashSet(StringComparer.Ordinal);
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
            foreach (var path in Directory.EnumerateFiles(_commits, "*" + AtomicFile.UnfinishedSuffix).ToList())
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

    private IEnumerable<string> Commits() =>
        Directory.Exists(_commits)
            ? Directory.EnumerateFiles(_commits, "*.json").Order(StringComparer.Ordinal)
            : Enumerable.Empty<string>();

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

    private sealed record CommitFile(IReadOnlyList<CommittedPart> Parts);

    private sealed record CommittedPart(string File, long Bytes);
}
