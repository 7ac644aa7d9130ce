using System.Runtime.ExceptionServices;

namespace Distiller.Lake.Catalog;

/// <summary>
/// The current episodes of a workspace as people look through them: list, search, count, trend. What a table in memory
/// holds of each is its metadata; a conversation is read from the one part file that holds it. The table is built when first
/// asked for and again, in the background, when the workspace's part files have changed, or
/// what is known of outcomes; until then the former one answers.
/// Needs no lock on the workspace. May be used by several threads.
/// </summary>
public sealed class EpisodeCatalog : IDisposable
{
    private const int TakeMax = 1000;
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(30);

    private readonly PartFolder _folder;
    private readonly string _home;
    private readonly TimeProvider _time;
    private readonly EpisodeOutcomes _outcomes;
    private readonly Lock _gate = new();
    private CatalogTable? _table;
    private Task<CatalogTable>? _building;
    private string? _trouble;
    private ExceptionDispatchInfo? _failure;
    private string? _failedVersion;
    private long _failedAt;
    private bool _disposed;

    /// <param name="home">The workspace's folder; it may be empty, or not be there yet.</param>
    /// <param name="outcomes">What is known of outcomes beside what the logs tell; null for nothing.</param>
    public EpisodeCatalog(string home, TimeProvider? time = null, EpisodeOutcomes? outcomes = null)
    {
        _outcomes = outcomes ?? EpisodeOutcomes.AsLogged;
        _home = Path.GetFullPath(home);
        _folder = new PartFolder(Path.Combine(_home, "episodes"));
        _time = time ?? TimeProvider.System;
    }

    /// <summary>Whether questions are answered at once; false until the first build is done, which the first question waits for.</summary>
    public bool IsReady
    {
        get
        {
            lock (_gate)
            {
                return _table is not null;
            }
        }
    }

    /// <summary>Begins the first build, where nobody did, and waits for it for a while.</summary>
    /// <returns>As <see cref="IsReady"/>; false: the build goes on.</returns>
    /// <exception cref="BadInputException">The workspace is damaged.</exception>
    public async Task<bool> ReadyAsync(TimeSpan atMost, CancellationToken cancellation = default)
    {
        Task<CatalogTable> building;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_table is not null)
            {
                return true;
            }

            if (_building is null && HasJustFailed(Version()))
            {
                // A page that polls must see the failure; another build would only answer "being built" each time.
                _failure!.Throw();
            }

            building = _building ?? Build();
        }

        try
        {
            await building.WaitAsync(atMost, cancellation);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    /// <summary>Waits until everything that is in the workspace now is in the catalog.</summary>
    /// <exception cref="BadInputException">The workspace is damaged.</exception>
    public async Task RefreshAsync(CancellationToken cancellation = default)
    {
        var version = Version();
        while (true)
        {
            Task<CatalogTable> building;
            lock (_gate)
            {
                if (_building is null && _table?.Version == version)
                {
                    return;
                }

                building = _building ?? Build();
            }

            var table = await building.WaitAsync(cancellation);
            if (table.Version == version || Version() != version)
            {
                return;
            }
        }
    }

    /// <summary>A page of the episodes of a filter, newest first.</summary>
    /// <param name="take">1 to 1000.</param>
    public EpisodePage List(EpisodeFilter? filter = null, int take = 50, long skip = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(take, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(take, TakeMax);
        ArgumentOutOfRangeException.ThrowIfNegative(skip);
        return Ask(table => table.List(filter ?? EpisodeFilter.All, take, skip));
    }

    /// <summary>Counts the episodes of a filter, whole and per format, as <see cref="EpisodeStore.Count()"/> does for all.</summary>
    public EpisodeCounts Count(EpisodeFilter? filter = null) => Ask(table => table.Count(filter ?? EpisodeFilter.All));

    /// <summary>The episodes of a filter by the day they started, oldest first; those without a time last.</summary>
    public IReadOnlyList<EpisodeDay> Days(EpisodeFilter? filter = null) =>
        Ask(table => table.Days(filter ?? EpisodeFilter.All));

    /// <summary>The values that filters can name: formats and tenants that occur.</summary>
    public (IReadOnlyList<string> Formats, IReadOnlyList<string> Tenants) Choices() => Ask(table => table.Choices());

    /// <param name="reference">An id, or the beginning of one (six characters or more) that only one episode has.</param>
    /// <returns>Null: there is none.</returns>
    public EpisodeEntry? Find(string reference) => Ask(table => table.Find(reference))?.ToEntry();

    /// <summary>One episode with its conversation, as <see cref="EpisodeStore.Read"/> gives it. Opens only the part it lies in.</summary>
    /// <param name="reference">As for <see cref="Find"/>.</param>
    /// <returns>Null: there is none, or it was discarded.</returns>
    public StoredEpisode? Read(string reference)
    {
        while (true)
        {
            var (place, version) = Ask(table => (table.Place(reference), table.Version));
            if (place is null)
            {
                return null;
            }

            try
            {
                return place.Read();
            }
            catch (Exception e) when (e is DuckDbException && Version() != version)
            {
                // The part was replaced since the catalog was built.
                RefreshAsync().GetAwaiter().GetResult();
            }
        }
    }

    public CatalogState State() => Ask(table => table.State() with { Trouble = _trouble });

    public void Dispose()
    {
        Task<CatalogTable>? building;
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            building = _building;
            _table?.Dispose();
            _table = null;
        }

        try
        {
            building?.GetAwaiter().GetResult();
        }
        catch (Exception e) when (e is BadInputException or DuckDbException or IOException)
        {
            return; // Nobody waits for it any more.
        }
    }

    private T Ask<T>(Func<CatalogTable, T> question)
    {
        Task<CatalogTable>? first = null;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_building is null && IsStale())
            {
                _ = Build();
            }

            if (_table is not null)
            {
                return question(_table);
            }

            first = _building!;
        }

        first.GetAwaiter().GetResult();
        return Ask(question);
    }

    private string Version() => $"{_folder.Version()} {_outcomes.Version()}".TrimEnd();

    private bool IsStale()
    {
        var version = Version();
        return _table?.Version != version && (_table is null || !HasJustFailed(version));
    }

    private bool HasJustFailed(string version) =>
        _failure is not null && _failedVersion == version && _time.GetElapsedTime(_failedAt) <= RetryAfter;

    /// <summary>Called within the gate.</summary>
    private Task<CatalogTable> Build() => _building = Task.Run(BuildAsync);

    private async Task<CatalogTable> BuildAsync()
    {
        await Task.Yield();
        var version = Version();
        try
        {
            CatalogTable? table = null;
            while (table is null)
            {
                try
                {
                    table = CatalogTable.Build(_folder, _home, version, _outcomes, _time);
                }
                catch (BadInputException) when (Version() != version)
                {
                    // A writer replaced the parts between their listing and their reading.
                    version = Version();
                }
            }

            lock (_gate)
            {
                _building = null;
                _trouble = null;
                _failure = null;
                _table?.Dispose();
                _table = table;
                if (_disposed)
                {
                    table.Dispose();
                }
            }

            return table;
        }
        catch (Exception e)
        {
            lock (_gate)
            {
                _building = null;
                _trouble = e.Message;
                _failure = ExceptionDispatchInfo.Capture(e);
                _failedVersion = version;
                _failedAt = _time.GetTimestamp();
            }

            throw;
        }
    }
}

/// <summary>A page of a list, newest episodes first.</summary>
/// <param name="Total">How many episodes there are on all pages.</param>
/// <param name="Skip">How many come before this page.</param>
public sealed record EpisodePage(IReadOnlyList<EpisodeEntry> Episodes, long Total, long Skip);

/// <summary>The episodes that started on one day.</summary>
/// <param name="Day">In UTC; null for those without a time.</param>
public sealed record EpisodeDay(DateOnly? Day, long Episodes, long Succeeded, long Failed, long Unknown, Usage Usage);

/// <summary>Which episodes a person wants to see. What is null restricts nothing.</summary>
/// <param name="Text">Words that must all occur in the task, key, agent or model, upper or lower case alike.</param>
/// <param name="From">Started at this time or later; episodes without a time are left out.</param>
/// <param name="To">Started before this time.</param>
public sealed record EpisodeFilter(
    string? Text = null,
    OutcomeKind? Outcome = null,
    string? Format = null,
    string? Tenant = null,
    DateTimeOffset? From = null,
    DateTimeOffset? To = null
)
{
    /// <summary>Every episode.</summary>
    public static EpisodeFilter All { get; } = new();
}

/// <summary>The counts of one day.</summary>
/// <param name="Day">Midnight in UTC.</param>
internal sealed record DayRow(
    DateTimeOffset? Day,
    long Episodes,
    long Succeeded,
    long Failed,
    long Unknown,
    long Input,
    long CacheRead,
    long CacheWrite,
    long Output
);

/// <summary>A row that is a text only.</summary>
internal sealed record TextRow(string Text);

/// <summary>A row that is a number only.</summary>
internal sealed record PlaceRow(long Place);
