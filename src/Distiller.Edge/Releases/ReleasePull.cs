using Distiller.Core;
using Distiller.Gguf;
using Distiller.Registry;
using Distiller.Registry.Signing;

namespace Distiller.Edge.Releases;

/// <summary>
/// One pull, in running order: what is there, which of it is meant, manifest and signature, certificate, adapter, base,
/// switch. What refuses a release comes before what is long to fetch, and nothing native sees a byte of it.
/// </summary>
internal sealed class ReleasePull(EdgeStore store, ReleaseSource source, PullOptions options)
{
    private const long SmallBytesMax = 64L << 20;
    private const int FetchesMax = 2;

    private long _fetched;
    private long _resumed;

    public async Task<PullResult> RunAsync(CancellationToken cancellation)
    {
        if (!EdgeStore.IsName(options.Name))
        {
            throw new BadInputException(
                SourceLocation.Option("--as"),
                "This is no name for an adapter.",
                "Lower-case letters, digits, '-', '_' and '.', 40 at most."
            );
        }

        Core.Settings.OptionsCheck.Require(options);
        using var onlyOne = store.Lock(cancellation);
        var index = await source.IndexAsync(Path.Combine(store.Home, "incoming"), cancellation);
        var state = store.Read();
        var known = state.Adapters.GetValueOrDefault(options.Name);
        var adapter = Known(known, index);
        // What is withdrawn is remembered even where the pull is refused.
        if (known is not null && known.Withdrawn.Count != adapter.Withdrawn.Count)
        {
            store.Write(state.With(options.Name, known with { Withdrawn = adapter.Withdrawn }));
        }

        var (id, asked) = Meant(index);
        var work = store.IncomingOf(id);
        Directory.CreateDirectory(work);
        var isHere = IsWhole(store.FolderOf(id));
        var release = isHere
            ? ReleaseCopy.ReadManifest(store.FolderOf(id))
            : await ManifestAsync(id, work, cancellation);
        var folder = isHere ? store.FolderOf(id) : work;
        var trust = Trust(known, adapter, release);
        // The first key that is met is the one that is trusted; no release of another may follow.
        adapter =
            adapter.Key is null && release.Signature is { IsSigned: true, PublicKey: { } first }
                ? (adapter with { Key = first }).Follow(index.Keys)
                : adapter;
        ReleaseStanding.RequireSigner(folder, release, adapter, options.Allowed);
        ReleaseStanding.RequireNotWithdrawn(folder, release, adapter, options.Allowed);
        ReleaseStanding.RequireNotOlder(folder, release, adapter, options.Allowed);
        if (!isHere)
        {
            await FetchSmallAsync(id, ReleaseCopy.CertificateFile, work, cancellation);
        }

        ReleaseCopy.VerifyCertificate(folder, release);
        ReleaseStanding.RequireGate(folder, release, options.Allowed);
        using var baseFile = options.BasePath is { } path ? OpenBase(path, release) : null;
        if (!isHere)
        {
            if (ReleaseCopy.HasContext(release))
            {
                await FetchSmallAsync(id, ReleaseCopy.ContextFile, work, cancellation);
            }

            await AdapterAsync(release, work, cancellation);
        }

        CheckAdapter(Path.Combine(folder, ReleaseCopy.AdapterFile), release, baseFile);
        if (!isHere)
        {
            Arrive(work, store.FolderOf(id));
        }

        if (Directory.Exists(work))
        {
            Directory.Delete(work, recursive: true);
        }

        Switch(adapter, release);
        return new PullResult(
            options.Name,
            release.Id,
            release.Sequence,
            asked,
            release.Base.Name,
            release.Base.Sha256,
            trust,
            release.Signature?.Key,
            _fetched,
            _resumed,
            isHere,
            known?.Current,
            Path.Combine(store.FolderOf(id), ReleaseCopy.AdapterFile)
        );
    }

    /// <summary>What is remembered of this adapter, with what the registry says of keys and withdrawals.</summary>
    private AdapterState Known(AdapterState? known, RegistryIndex index)
    {
        var adapter = (known ?? new AdapterState { Registry = source.Place, Used = [] }) with
        {
            Registry = source.Place,
        };
        if (options.KeyPath is { } path)
        {
            var given = PublicSigningKey.Read(path).Base64;
            adapter = given == adapter.Key ? adapter : adapter with { Key = given, RetiredKeys = [], SequenceMax = 0 };
        }

        return adapter.Follow(index.Keys) with
        {
            // Those known before stay known: a registry that forgets one does not bring it back.
            Withdrawn =
            [
                .. adapter
                    .Withdrawn.Concat(index.Withdrawn)
                    .GroupBy(w => w.Id, StringComparer.Ordinal)
                    .Select(g => g.MaxBy(w => w.Sequence)!),
            ],
        };
    }

    private (string Id, string Asked) Meant(RegistryIndex index)
    {
        var asked =
            options.Reference
            ?? (
                index.Channels.Any(c => c.Name == ReleaseChannels.Stable)
                    ? ReleaseChannels.Stable
                    : ReleaseRegistry.Latest
            );
        var reference = index.Channels.FirstOrDefault(c => c.Name == asked)?.Release ?? asked;
        if (reference == ReleaseRegistry.Latest)
        {
            // A damaged release may be the newest: better no answer than an old one in its place.
            return index.Releases.FirstOrDefault(r => r.Fault is not null) is { } damaged
                    ? throw Bad(
                        damaged.Id,
                        damaged.Fault!,
                        "Have it removed or published again; or name another by its id."
                    )
                : index.Releases.Count > 0 ? (index.Releases.MaxBy(r => r.Sequence)!.Id, asked)
                : throw Bad("", "The registry holds no release.", "Publish one first: distiller nightly.");
        }

        var found = index
            .Releases.Where(r => reference.Length > 0 && r.Id.StartsWith(reference, StringComparison.Ordinal))
            .ToList();
        return found switch
        {
            [var only] => (only.Id, asked),
            []
                when index.Withdrawn.FirstOrDefault(w => w.Id.StartsWith(reference, StringComparison.Ordinal))
                    is { } gone => throw Bad(
                "",
                $"Release {gone.Id} was withdrawn on {gone.At:yyyy-MM-dd}.",
                "Pull another."
            ),
            [] => throw Bad("", $"The registry has no release \"{reference}\".", "Name an id, 'latest', or a channel."),
            _ => throw Bad("", $"{found.Count} releases begin with \"{reference}\".", "Give more of the id."),
        };
    }

    private string Trust(AdapterState? known, AdapterState adapter, Release release) =>
        release.Signature is not { IsSigned: true, PublicKey: { } key } ? "none: not signed"
        : options.KeyPath is not null && adapter.Trusts(key, release.Sequence) ? "given key"
        : adapter.Key is null ? "first key met"
        : !adapter.Trusts(key, release.Sequence) ? "none: foreign key"
        : known?.Key == key ? "known key"
        : "successor of a known key";

    /// <summary>Whether a release lies on the device already, undamaged.</summary>
    private static bool IsWhole(string folder)
    {
        try
        {
            return Directory.Exists(folder) && ReleaseCopy.Verify(folder) is not null;
        }
        catch (BadInputException)
        {
            return false;
        }
    }

    private async Task<Release> ManifestAsync(string id, string work, CancellationToken cancellation)
    {
        await FetchSmallAsync(id, ReleaseCopy.ManifestFile, work, cancellation);
        // A release without one is not signed, which is judged later.
        await FetchSmallAsync(id, ReleaseSignature.FileName, work, cancellation, required: false);
        return ReleaseCopy.ReadManifest(work);
    }

    /// <summary>Small files come whole, afresh: what broke off or was replaced meanwhile costs nothing.</summary>
    private async Task FetchSmallAsync(
        string id,
        string file,
        string work,
        CancellationToken cancellation,
        bool required = true
    )
    {
        var target = Path.Combine(work, file);
        File.Delete(target);
        var found = await source.FetchAsync(id, file, target, SmallBytesMax, cancellation);
        if (!found && required)
        {
            throw Bad($"{id}/{file}", "The file is missing.", "Have the release published again.");
        }

        _fetched += found && File.Exists(target) ? new FileInfo(target).Length : 0;
    }

    private async Task AdapterAsync(Release release, string work, CancellationToken cancellation)
    {
        var expected = ReleaseCopy.AdapterOf(release, work);
        if (expected.Bytes > options.BytesMax)
        {
            throw Bad(
                release.Id,
                $"The adapter has {expected.Bytes} bytes; at most {options.BytesMax} are fetched.",
                "Raise --max-bytes if that is meant."
            );
        }

        RequireSpace(work, expected.Bytes);
        var target = Path.Combine(work, ReleaseCopy.AdapterFile);
        for (var attempt = 1; ; attempt++)
        {
            var have = File.Exists(target) ? new FileInfo(target).Length : 0;
            if (!await source.FetchAsync(release.Id, ReleaseCopy.AdapterFile, target, expected.Bytes, cancellation))
            {
                throw Bad($"{release.Id}/{expected.Path}", "The file is missing.", "Have the release published again.");
            }

            var got = new FileInfo(target).Length;
            _fetched += Math.Max(0, got - have);
            _resumed = have;
            try
            {
                ReleaseCopy.Verify(work);
                return;
            }
            catch (BadInputException) when (attempt < FetchesMax && have > 0)
            {
                // What was there from an earlier pull may be what is wrong: once from the beginning.
                File.Delete(target);
            }
            catch (BadInputException)
            {
                // Half a file is gone on with by the next pull; a wrong one is not.
                if (got == expected.Bytes)
                {
                    File.Delete(target);
                }

                throw;
            }
        }
    }

    private static void RequireSpace(string work, long bytes)
    {
        var free = new DriveInfo(work).AvailableFreeSpace;
        if (free < bytes)
        {
            throw DiskFull.Error(work);
        }
    }

    private static GgufFile OpenBase(string path, Release release)
    {
        var file = GgufFile.Open(path);
        if (file.Sha256() == release.Base.Sha256)
        {
            return file;
        }

        var found = file.Sha256();
        file.Dispose();
        throw new BadInputException(
            new SourceLocation(path, 0),
            $"Release {release.Id} is made for the base '{release.Base.Name}' with SHA-256 {release.Base.Sha256}; this file has {found}.",
            "Use the very file it was trained on: an adapter fits no other, however equal in shape."
        );
    }

    /// <summary>The adapter as a file: well formed, and of the base that the manifest names.</summary>
    private static void CheckAdapter(string path, Release release, GgufFile? baseFile)
    {
        using var file = GgufFile.Open(path);
        var named = file.Metadata.GetString(AdapterKeys.BaseSha256, release.Base.Sha256);
        if (named != release.Base.Sha256)
        {
            throw new BadInputException(
                new SourceLocation(path, 0),
                $"The adapter was trained on a base with SHA-256 {named}; its release says {release.Base.Sha256}.",
                "Have the release published again."
            );
        }

        if (baseFile is not null)
        {
            AdapterCheck.Verify(path, baseFile);
        }
    }

    private static void Arrive(string work, string folder)
    {
        foreach (var file in Directory.EnumerateFiles(work))
        {
            AtomicFile.Flush(file);
        }

        Directory.CreateDirectory(Path.GetDirectoryName(folder)!);
        if (Directory.Exists(folder))
        {
            // Damaged, or it would have been taken as it was.
            Directory.Delete(folder, recursive: true);
        }

        Directory.Move(work, folder);
        DurableFolder.Flush(Path.GetDirectoryName(folder)!);
    }

    private void Switch(AdapterState adapter, Release release)
    {
        IReadOnlyList<string> used = adapter.Current == release.Id ? adapter.Used : [.. adapter.Used, release.Id];
        // Those used last: the one before the present is what a rollback needs.
        var kept = used.Reverse()
            .Distinct(StringComparer.Ordinal)
            .Take(1 + options.Keep)
            .ToHashSet(StringComparer.Ordinal);
        var next = adapter with
        {
            Used = [.. used.Where(kept.Contains)],
            // Only who is trusted says what is new.
            SequenceMax =
                release.Signature is { PublicKey: { } key } && adapter.Trusts(key, release.Sequence)
                    ? Math.Max(adapter.SequenceMax, release.Sequence)
                    : adapter.SequenceMax,
        };
        var state = store.Read().With(options.Name, next);
        store.Write(state);
        var inUse = state.Adapters.Values.SelectMany(a => a.Used).ToHashSet(StringComparer.Ordinal);
        foreach (var gone in used.Where(u => !inUse.Contains(u)).Distinct(StringComparer.Ordinal))
        {
            if (Directory.Exists(store.FolderOf(gone)))
            {
                Directory.Delete(store.FolderOf(gone), recursive: true);
            }
        }
    }

    private BadInputException Bad(string what, string reason, string remedy) =>
        new(new SourceLocation(what.Length > 0 ? $"{source.Place}/{what}" : source.Place, 0), reason, remedy);
}
