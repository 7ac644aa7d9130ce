using System.Text.Json;
using Distiller.Core;
using Distiller.Registry;

namespace Distiller.Edge.Releases;

/// <summary>
/// The releases of a device, in its home: <c>releases/ID</c>, what broke off in <c>incoming/ID</c>, and <c>edge.json</c>,
/// whose replacement is the switch from one to another. Whatever is read here is checked again: the home may be damaged too.
/// </summary>
public sealed class EdgeStore(string home, TimeProvider time)
{
    private const int NameCharsMax = 40;
    private const long StateBytesMax = 16L << 20;

    public string Home { get; } = Path.GetFullPath(home);

    internal string StatePath => Path.Combine(Home, EdgeState.FileName);

    internal string FolderOf(string release) => Path.Combine(Home, "releases", release);

    internal string IncomingOf(string release) => Path.Combine(Home, "incoming", release);

    /// <exception cref="BadInputException">The state is damaged.</exception>
    public EdgeState Read()
    {
        if (!File.Exists(StatePath))
        {
            return EdgeState.Empty;
        }

        try
        {
            var bytes = new FileInfo(StatePath).Length <= StateBytesMax ? File.ReadAllBytes(StatePath) : [];
            var state = JsonSerializer.Deserialize(bytes, EdgeJson.Default.EdgeState);
            return
                state is { Schema: EdgeState.CurrentSchema, Adapters: not null }
                && state.Adapters.All(a =>
                    IsName(a.Key) && a.Value is { Used: not null, Withdrawn: not null, RetiredKeys: not null }
                )
                ? state
                : throw Damaged();
        }
        catch (JsonException e)
        {
            throw Damaged(e);
        }
    }

    /// <summary>Fetches a release and uses it.</summary>
    /// <exception cref="BadInputException">It is refused, with the reason, or cannot be fetched.</exception>
    public Task<PullResult> PullAsync(
        ReleaseSource source,
        PullOptions options,
        CancellationToken cancellation = default
    ) => new ReleasePull(this, source, options).RunAsync(cancellation);

    /// <summary>Every release on the device, by adapter and sequence.</summary>
    public IReadOnlyList<StoredRelease> List()
    {
        var state = Read();
        var found = new List<StoredRelease>();
        foreach (var (name, adapter) in state.Adapters)
        {
            found.AddRange(
                adapter
                    .Used.Distinct(StringComparer.Ordinal)
                    .Where(id => Directory.Exists(FolderOf(id)))
                    .Select(id => Stored(name, adapter, id))
                    .OrderBy(r => r.Sequence)
            );
        }

        return found;
    }

    /// <summary>A release of the device, every hash recomputed and its signature, certificate and standing checked.</summary>
    /// <param name="reference">An id or the beginning of one; null: the one in use.</param>
    /// <exception cref="BadInputException">There is none, or it is not to be used any more.</exception>
    public Release Verify(string name, string? reference = null, IReadOnlySet<Allowance>? allowed = null)
    {
        var adapter = AdapterOf(Read(), name);
        var release = ReleaseCopy.Verify(FolderOf(Find(name, adapter, reference)));
        var told = allowed ?? new HashSet<Allowance>();
        ReleaseStanding.Require(FolderOf(release.Id), release, adapter, told);
        return release;
    }

    /// <summary>The folder of a release that <see cref="Verify"/> let pass.</summary>
    public string AdapterPath(Release release) => Path.Combine(FolderOf(release.Id), ReleaseCopy.AdapterFile);

    /// <summary>Of which document a release that <see cref="Verify"/> let pass has learnt; null where it does not tell.</summary>
    /// <exception cref="BadInputException">The file is damaged.</exception>
    internal LearntContext? ContextOf(Release release) => ReleaseCopy.ReadContext(FolderOf(release.Id), release);

    /// <summary>Uses a release that is on the device.</summary>
    /// <exception cref="BadInputException">It is not there, or refused.</exception>
    public StoredRelease Use(string name, string reference, IReadOnlySet<Allowance> allowed)
    {
        var release = Verify(name, reference, allowed);
        return Change(
            name,
            adapter => adapter.Current == release.Id ? adapter : adapter with { Used = [.. adapter.Used, release.Id] }
        );
    }

    /// <summary>Goes back to the release that was in use before the present one.</summary>
    /// <exception cref="BadInputException">There is none before it, or it is damaged.</exception>
    public StoredRelease RollBack(string name)
    {
        var before = AdapterOf(Read(), name);
        if (before.Used is not [.., var last, _])
        {
            throw Bad($"There is no release before the present one of '{name}'.", "Pull another: distiller edge pull.");
        }

        // Signature and hashes count as ever; that it is older is what was asked for.
        Verify(name, last, new HashSet<Allowance> { Allowance.Older, Allowance.Unsigned, Allowance.ForeignKey });
        return Change(name, adapter => adapter with { Used = [.. adapter.Used.SkipLast(1)] });
    }

    /// <summary>Whether a text may name an adapter: it stands between ':' and '@' in a model's name.</summary>
    public static bool IsName(string text) =>
        text.Length is > 0 and <= NameCharsMax
        && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_' or '.')
        && text[0] is not ('-' or '.');

    internal FileLock Lock(CancellationToken cancellation) =>
        FileLock.Take(Path.Combine(Home, "incoming", ".lock"), "Another pull", time, cancellation);

    internal void Write(EdgeState state) =>
        AtomicFile.WriteAllBytes(StatePath, JsonSerializer.SerializeToUtf8Bytes(state, EdgeJson.Default.EdgeState));

    internal BadInputException Bad(string reason, string remedy) => new(new SourceLocation(Home, 0), reason, remedy);

    private StoredRelease Change(string name, Func<AdapterState, AdapterState> change)
    {
        using var onlyOne = Lock(CancellationToken.None);
        var state = Read();
        var next = change(AdapterOf(state, name));
        Write(state.With(name, next));
        return Stored(name, next, next.Current!);
    }

    private AdapterState AdapterOf(EdgeState state, string name) =>
        state.Adapters.GetValueOrDefault(name)
        ?? throw Bad(
            $"There is no adapter '{name}' on this device.",
            "Pull one first: distiller edge pull --registry DIR."
        );

    private string Find(string name, AdapterState adapter, string? reference)
    {
        if (reference is null or "current" or "stable")
        {
            return adapter.Current ?? throw Bad($"No release of '{name}' is in use.", "Pull one: distiller edge pull.");
        }

        var found = adapter
            .Used.Distinct(StringComparer.Ordinal)
            .Where(id => id.StartsWith(reference, StringComparison.Ordinal))
            .ToList();
        return found is [var only]
            ? only
            : throw Bad(
                $"{found.Count} releases of '{name}' have an id that begins with \"{reference}\".",
                "See those that are there: distiller edge list."
            );
    }

    private StoredRelease Stored(string name, AdapterState adapter, string id)
    {
        try
        {
            var release = ReleaseCopy.ReadManifest(FolderOf(id));
            return new StoredRelease(
                name,
                id,
                release.Sequence,
                release.Created,
                release.Base,
                release.Signature?.Key,
                ReleaseCopy.AdapterOf(release, FolderOf(id)).Bytes,
                adapter.Current == id,
                adapter.Withdrawn.Any(w => w.Id == id && release.Sequence <= w.Sequence),
                null
            );
        }
        catch (BadInputException e)
        {
            return new StoredRelease(name, id, 0, default, null, null, 0, adapter.Current == id, false, e.Reason);
        }
    }

    private BadInputException Damaged(Exception? inner = null) =>
        new(
            new SourceLocation(StatePath, 0),
            "The device's state is damaged.",
            "Remove the file and pull again; what is trusted must then be told again (--key).",
            inner
        );
}

/// <summary>One release on a device.</summary>
/// <param name="Key">That signed it; null: it is not signed.</param>
/// <param name="IsCurrent">Whether it is the one in use.</param>
/// <param name="Fault">Why it cannot be used; null: nothing was found wrong with its manifest.</param>
public sealed record StoredRelease(
    string Name,
    string Release,
    int Sequence,
    DateTimeOffset Created,
    BaseModel? Base,
    string? Key,
    long Bytes,
    bool IsCurrent,
    bool IsWithdrawn,
    string? Fault
);
