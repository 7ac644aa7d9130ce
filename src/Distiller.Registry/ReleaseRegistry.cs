using System.Text.Json;
using Distiller.Core;
using Distiller.Registry.Signing;

namespace Distiller.Registry;

/// <summary>
/// Releases in a local folder, one folder each, named by content. A release appears whole or not at all: it is copied
/// into <c>.publishing</c>, flushed, and renamed. What a killed publish left behind is never listed and is removed by
/// the next one.
/// </summary>
public sealed class ReleaseRegistry(string folder, TimeProvider time)
{
    /// <summary>Means the release that was published last.</summary>
    public const string Latest = "latest";

    private const string TemporaryName = ".publishing";
    private const string LockName = ".lock";
    private const string WithdrawnPrefix = ".withdrawn-";
    private const int IdLength = 16;
    private const int CopyBytes = 1 << 20;

    public string Folder { get; } = Path.GetFullPath(folder);

    /// <summary>What was promoted.</summary>
    public ReleaseChannels Channels => new(this, time);

    public string FolderOf(Release release) => Path.Combine(Folder, release.Id);

    /// <summary>Publishes, or returns the release that already holds this very content.</summary>
    /// <param name="keys">Whose key signs it; null: it is not signed, and edges refuse it unless told to.</param>
    public Release Publish(ReleaseDraft draft, KeyFolder? keys = null, CancellationToken cancellation = default)
    {
        DraftCheck.Check(draft);
        return DiskFull.Guard(Folder, () => PublishAlone(draft, keys, cancellation));
    }

    /// <summary>Tells whoever reads this registry of the keys that sign it.</summary>
    public void Announce(RegistryKeys keys) =>
        AtomicFile.WriteAllBytes(Path.Combine(Folder, RegistryKeys.FileName), ReleaseJson.Write(keys));

    /// <summary>The <see cref="Release.Sequence"/> of the last release, withdrawn ones included; 0 before the first.</summary>
    public int LastSequence() =>
        List()
            .Select(r => r.Sequence)
            .Concat(Withdrawals.Read(Folder).Releases.Select(w => w.Sequence))
            .DefaultIfEmpty(0)
            .Max();

    /// <summary>All releases, the oldest first.</summary>
    public IReadOnlyList<Release> List()
    {
        if (!Directory.Exists(Folder))
        {
            return [];
        }

        return
        [
            .. Directory
                .EnumerateDirectories(Folder)
                .Where(d => IsId(Path.GetFileName(d)))
                .Select(ReleaseFolder.Read)
                .OrderBy(r => r.Sequence)
                .ThenBy(r => r.Id, StringComparer.Ordinal),
        ];
    }

    /// <summary>The one release a user means.</summary>
    /// <param name="reference">
    /// An id, the beginning of one if only one release has it, <c>latest</c>, or a channel, for example <c>stable</c>.
    /// </param>
    public Release Show(string reference)
    {
        if (Channels.Find(reference) is { } channel)
        {
            reference = channel.Release;
        }

        var releases = List();
        if (reference == Latest)
        {
            return releases.Count > 0
                ? releases[^1]
                : throw new BadInputException(Place, "It holds no release.", "Publish one first.");
        }

        var found = releases
            .Where(r => reference.Length > 0 && r.Id.StartsWith(reference, StringComparison.Ordinal))
            .ToList();
        return found.Count switch
        {
            1 => found[0],
            0 => throw new BadInputException(
                Place,
                $"No release has an id that begins with \"{reference}\".",
                "List the releases, and name one by its id, the beginning of it, 'latest', or a channel that something was promoted to."
            ),
            _ => throw new BadInputException(
                Place,
                $"{found.Count} releases have an id that begins with \"{reference}\".",
                $"Give more of it: {string.Join(", ", found.Take(5).Select(r => r.Id))}."
            ),
        };
    }

    /// <summary>What a release was made from, with every episode.</summary>
    /// <exception cref="BadInputException">The release's list of episodes is missing or damaged.</exception>
    public ReleaseLineage Lineage(Release release) =>
        ReleaseJson.Read<ReleaseLineage>(
            Path.Combine(FolderOf(release), ReleaseFolder.LineageName),
            ReleaseJson.MaxLineageBytes
        );

    /// <summary>Recomputes the hash of every file and of the manifest.</summary>
    /// <exception cref="BadInputException">A file is missing, changed, added or a link; it is named.</exception>
    public Release Verify(string reference) => ReleaseFolder.Verify(FolderOf(Show(reference)));

    /// <summary>
    /// Takes releases out, each at once, after every channel that leads to one of them was led back to the newest before it that
    /// stays, or was removed where there is none. Running it again finishes what a killed process left.
    /// </summary>
    /// <param name="by">Who does it; kept in the channels' history.</param>
    public void Withdraw(IReadOnlyCollection<string> ids, string by)
    {
        if (ids.Count == 0 || !Directory.Exists(Folder))
        {
            return;
        }

        using var onlyOne = FileLock.Take(Path.Combine(Folder, LockName), "A publish", time);
        Channels.Leave(ids.ToHashSet(StringComparer.Ordinal), by);
        var known = Withdrawals.Read(Folder);
        var withdrawn = ids.Where(id => IsId(id) && Directory.Exists(Path.Combine(Folder, id)))
            .Select(id => new Withdrawal(id, SequenceOf(id), by, time.GetUtcNow()))
            .ToList();
        if (withdrawn.Count > 0)
        {
            (known with { Releases = [.. known.Releases, .. withdrawn] }).Write(Folder);
        }

        foreach (var folder in ids.Where(IsId).Select(id => Path.Combine(Folder, id)).Where(Directory.Exists))
        {
            Directory.Move(folder, Path.Combine(Folder, WithdrawnPrefix + Path.GetFileName(folder)));
        }

        DurableFolder.Flush(Folder);
        foreach (var gone in Directory.EnumerateDirectories(Folder, WithdrawnPrefix + "*").ToList())
        {
            Directory.Delete(gone, recursive: true);
        }
    }

    private SourceLocation Place => new(Folder, 0);

    /// <summary>Of a release that may be too damaged to say it.</summary>
    private int SequenceOf(string id)
    {
        try
        {
            return ReleaseFolder.Read(Path.Combine(Folder, id)).Sequence;
        }
        catch (BadInputException)
        {
            return 0;
        }
    }

    private Release PublishAlone(ReleaseDraft draft, KeyFolder? keys, CancellationToken cancellation)
    {
        Directory.CreateDirectory(Folder);
        using var onlyOne = FileLock.Take(Path.Combine(Folder, LockName), "Another publish", time, cancellation);
        var temporary = Path.Combine(Folder, TemporaryName);
        if (Directory.Exists(temporary))
        {
            Directory.Delete(temporary, recursive: true);
        }

        Directory.CreateDirectory(temporary);
        try
        {
            return Publish(draft, keys, temporary, cancellation);
        }
        finally
        {
            if (Directory.Exists(temporary))
            {
                Directory.Delete(temporary, recursive: true);
            }
        }
    }

    private Release Publish(ReleaseDraft draft, KeyFolder? keys, string temporary, CancellationToken cancellation)
    {
        var episodes = draft.Episodes.Distinct().Order().ToList();
        AtomicFile.WriteAllBytes(
            Path.Combine(temporary, ReleaseFolder.LineageName),
            ReleaseJson.Write(new ReleaseLineage(draft.Artifacts, episodes))
        );
        foreach (var (source, name) in DraftCheck.Files(draft))
        {
            cancellation.ThrowIfCancellationRequested();
            var target = Path.Combine(temporary, name);
            using var original = new FileStream(source, FileMode.Open, FileAccess.Read, FileShare.Read, CopyBytes);
            AtomicFile.Write(target, copy => original.CopyTo(copy, CopyBytes));
            CheckCopy(draft, source, ReleaseFolder.Describe(temporary, name));
        }

        // Hashed from the copies: what is listed is what lies there, even if a source changes meanwhile.
        var files = ReleaseFolder.RegularFiles(temporary).Select(p => ReleaseFolder.Describe(temporary, p)).ToList();
        var earlier = List();
        var latest = earlier.Count > 0 ? earlier[^1] : null;
        var release = new Release
        {
            Schema = Release.CurrentSchema,
            Id = "",
            ContentSha256 = "",
            // One higher than any before, so that a withdrawn release's number is not given again.
            Sequence = LastSequence() + 1,
            Name = draft.Name,
            Created = time.GetUtcNow(),
            Parent = latest?.Id,
            Base = draft.Base,
            Files = files,
            Evaluation = Figures(Path.Combine(temporary, DraftCheck.EvaluationName), draft.EvaluationPath),
            Plan = draft.Plan,
            Lineage = draft.Artifacts,
            EpisodeCount = episodes.Count,
            EpisodesSha256 = ReleaseFolder.EpisodesHash(episodes),
            ToolVersion = draft.ToolVersion,
            Gate = draft.Gate,
            Canary = draft.Canary,
            Routing = draft.Routing,
        };
        var content = ReleaseFolder.ContentHash(release);
        release = release with { Id = content[..IdLength], ContentSha256 = content };
        if (Directory.Exists(FolderOf(release)))
        {
            return ReleaseFolder.Verify(FolderOf(release));
        }

        var manifest = ReleaseJson.Write(release);
        AtomicFile.WriteAllBytes(Path.Combine(temporary, ReleaseFolder.ManifestName), manifest);
        Sign(keys, temporary, manifest, files.Single(f => f.Path == DraftCheck.EvaluationName).Sha256);
        DurableFolder.FlushTree(temporary);
        cancellation.ThrowIfCancellationRequested();
        Directory.Move(temporary, FolderOf(release));
        DurableFolder.Flush(Folder);
        return ReleaseFolder.Read(FolderOf(release));
    }

    private void Sign(KeyFolder? keys, string temporary, byte[] manifest, string certificateSha256)
    {
        if (keys is null)
        {
            return;
        }

        using var key = keys.FindOrCreate();
        AtomicFile.WriteAllBytes(
            Path.Combine(temporary, ReleaseSignature.FileName),
            ReleaseJson.Write(ReleaseSignature.Make(key, manifest, certificateSha256))
        );
        Announce(keys.Public());
    }

    private static void CheckCopy(ReleaseDraft draft, string source, ReleaseFile copy)
    {
        if (
            draft.RecordedSha256.Count > 0
            && (!draft.RecordedSha256.TryGetValue(source, out var recorded) || recorded != copy.Sha256)
        )
        {
            throw new BadInputException(
                new SourceLocation(source, 0),
                "The file is not what was recorded when it was made: it was added or changed since.",
                $"Delete {Path.GetDirectoryName(source)} and run the stage that writes it again."
            );
        }
    }

    internal static ReleaseFigures Figures(string copy, string original)
    {
        using var document = ReleaseJson.Parse(copy, original, ReleaseJson.MaxEvaluationBytes);
        return new ReleaseFigures(
            Figure("holdoutLoss", "base"),
            Figure("holdoutLoss", "adapterF16"),
            Figure("holdoutLoss", "adapterInt4"),
            Figure("tokensPerStep", "before"),
            Figure("tokensPerStep", "after")
        );

        double Figure(string group, string name) =>
            document.RootElement.ValueKind == JsonValueKind.Object
            && document.RootElement.TryGetProperty(group, out var g)
            && g.ValueKind == JsonValueKind.Object
            && g.TryGetProperty(name, out var value)
            && value.ValueKind == JsonValueKind.Number
            && value.TryGetDouble(out var number)
            && double.IsFinite(number)
                ? number
                : throw new BadInputException(
                    new SourceLocation(original, 0),
                    $"It has no number {group}.{name}.",
                    "Evaluate again; a release is not published without its evaluation."
                );
    }

    internal static bool IsId(string name) => name.Length == IdLength && name.All(char.IsAsciiHexDigitLower);
}
