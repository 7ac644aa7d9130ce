namespace Distiller.Lake.Catalog;

/// <summary>One state of the catalog: a table of an in-memory DuckDB. Not for several threads at once.</summary>
internal sealed class CatalogTable : IDisposable
{
    private const int PrefixCharsMin = 6;

    private readonly DuckDb _db;
    private readonly IReadOnlyList<string> _parts;
    private readonly CatalogState _state;

    /// <summary>Of all episodes, once they were asked for: every overview asks for them, and the table never changes.</summary>
    private EpisodeCounts? _counts;

    /// <inheritdoc cref="_counts"/>
    private IReadOnlyList<EpisodeDay>? _days;

    private CatalogTable(DuckDb db, IReadOnlyList<string> parts, string version, CatalogState state)
    {
        _db = db;
        _parts = parts;
        Version = version;
        _state = state;
    }

    /// <summary>Of the part files that it was built from.</summary>
    public string Version { get; }

    public static CatalogTable Build(
        PartFolder folder,
        string home,
        string version,
        EpisodeOutcomes outcomes,
        TimeProvider time
    )
    {
        var since = time.GetTimestamp();
        var parts = folder.Parts();
        // A reader must not write into the workspace.
        var spill = Path.Combine(Path.GetTempPath(), $"distiller-catalog-{Guid.NewGuid():N}");
        var db = DuckDb.Open(new DuckDbOptions(Threads: Math.Min(Environment.ProcessorCount, 4), SpillFolder: spill));
        try
        {
            if (parts.Count > 0)
            {
                Fill(db, parts, home, outcomes);
            }

            var state = new CatalogState(0, 0, time.GetUtcNow(), time.GetElapsedTime(since), null);
            if (parts.Count > 0)
            {
                state = state with
                {
                    Episodes = Number(db, "SELECT count(*) AS place FROM episodes"),
                    Bytes = Number(db, "SELECT sum(memory_usage_bytes)::BIGINT AS place FROM duckdb_memory()"),
                };
            }

            return new CatalogTable(db, parts, version, state);
        }
        catch
        {
            db.Dispose();
            throw;
        }
    }

    public CatalogState State() => _state;

    public EpisodePage List(EpisodeFilter filter, int take, long skip)
    {
        if (_parts.Count == 0)
        {
            return new EpisodePage([], 0, skip);
        }

        var where = CatalogSql.Where(filter);
        if (where.Length == 0)
        {
            return new EpisodePage(Rows($"place >= {skip} AND place < {skip + take}"), _state.Episodes, skip);
        }

        var total = Number(_db, $"SELECT count(*) AS place FROM episodes {where}");
        if (skip >= total)
        {
            return new EpisodePage([], total, skip);
        }

        // Only the columns of the condition are looked at, in the table's order; then the page's rows are fetched.
        var places = _db.Query<PlaceRow>($"SELECT place FROM episodes {where} LIMIT {take} OFFSET {skip}")
            .Select(r => r.Place)
            .ToList();
        return new EpisodePage(
            Rows($"place >= {places[0]} AND place <= {places[^1]} AND place IN ({string.Join(", ", places)})"),
            total,
            skip
        );
    }

    public EpisodeCounts Count(EpisodeFilter filter) =>
        CatalogSql.Where(filter) is { Length: > 0 } where ? Count(where) : _counts ??= Count("");

    public IReadOnlyList<EpisodeDay> Days(EpisodeFilter filter) =>
        CatalogSql.Where(filter) is { Length: > 0 } where ? Days(where) : _days ??= Days("");

    public (IReadOnlyList<string> Formats, IReadOnlyList<string> Tenants) Choices() =>
        _parts.Count == 0 ? ([], []) : (Distinct("format"), Distinct("tenant"));

    public CatalogRow? Find(string reference)
    {
        if (_parts.Count == 0 || reference.Length < PrefixCharsMin || !reference.All(char.IsAsciiHexDigitLower))
        {
            return null;
        }

        var found = _db.Query<CatalogRow>(
                $"SELECT {CatalogSql.Columns} FROM episodes WHERE id >= {DuckDb.Quote(reference)} "
                    + $"AND id < {DuckDb.Quote(reference + "g")} LIMIT 2"
            )
            .ToList();
        return found.Count == 1 ? found[0] : null;
    }

    public EpisodePlace? Place(string reference)
    {
        if (Find(reference) is not { } row)
        {
            return null;
        }

        var shared = _db.Query<SharedRequests>($"SELECT * FROM shared WHERE id = {DuckDb.Quote(row.Id)}")
            .FirstOrDefault();
        return new EpisodePlace(_parts[row.Part], row.Id, shared);
    }

    public void Dispose() => _db.Dispose();

    private static void Fill(DuckDb db, IReadOnlyList<string> parts, string home, EpisodeOutcomes outcomes)
    {
        try
        {
            db.Execute(
                $"CREATE TABLE {CatalogSql.Judged} (id VARCHAR, outcome VARCHAR, judge VARCHAR, score DOUBLE, confidence DOUBLE)"
            );
            using (var judged = db.Append<JudgedEpisode>(CatalogSql.Judged))
            {
                foreach (var episode in outcomes.Read(parts))
                {
                    judged.Add(episode);
                }

                judged.Close();
            }

            db.Execute(CatalogSql.Fill(parts));
        }
        catch (DuckDbException e)
        {
            throw new BadInputException(
                new SourceLocation(Path.Combine(home, "episodes"), 0),
                $"The episodes cannot be read: {e.Message.Split('\n')[0]}",
                "Restore the part files from a backup, or collect into a new --home.",
                e
            );
        }
    }

    private static long Number(DuckDb db, string sql) => db.Query<PlaceRow>(sql).Single().Place;

    private EpisodeCounts Count(string where) =>
        _parts.Count == 0
            ? EpisodeCounts.Zero
            : EpisodeCounts.Of(
                _db.Query<CountRow>(
                    $"""
                    SELECT format, count(*) AS episodes, count(DISTINCT tenant || chr(0) || session) AS sessions,
                        sum(turns)::BIGINT AS turns, sum(requests)::BIGINT AS requests,
                        sum(input)::BIGINT AS input, sum(cache_read)::BIGINT AS cache_read,
                        sum(cache_write)::BIGINT AS cache_write, sum(output)::BIGINT AS output,
                        count(*) FILTER (outcome = 'succeeded') AS succeeded,
                        count(*) FILTER (outcome = 'failed') AS failed,
                        count(*) FILTER (outcome = 'unknown') AS unknown
                    FROM episodes {where} GROUP BY format ORDER BY format
                    """
                )
            );

    private IReadOnlyList<EpisodeDay> Days(string where) =>
        _parts.Count == 0
            ? []
            :
            [
                .. _db.Query<DayRow>(
                        $"""
                        SELECT date_trunc('day', started_at)::TIMESTAMP AS day, count(*) AS episodes,
                            count(*) FILTER (outcome = 'succeeded') AS succeeded,
                            count(*) FILTER (outcome = 'failed') AS failed,
                            count(*) FILTER (outcome = 'unknown') AS unknown,
                            sum(input)::BIGINT AS input, sum(cache_read)::BIGINT AS cache_read,
                            sum(cache_write)::BIGINT AS cache_write, sum(output)::BIGINT AS output
                        FROM episodes {where} GROUP BY ALL ORDER BY day NULLS LAST
                        """
                    )
                    .Select(r => new EpisodeDay(
                        r.Day is { } day ? DateOnly.FromDateTime(day.UtcDateTime) : null,
                        r.Episodes,
                        r.Succeeded,
                        r.Failed,
                        r.Unknown,
                        new Usage(r.Input, r.CacheRead, r.CacheWrite, r.Output)
                    )),
            ];

    private List<EpisodeEntry> Rows(string condition) =>
        [
            .. _db.Query<CatalogRow>($"SELECT {CatalogSql.Columns} FROM episodes WHERE {condition} ORDER BY place")
                .Select(r => r.ToEntry()),
        ];

    private List<string> Distinct(string column) =>
        [.. _db.Query<TextRow>($"SELECT DISTINCT {column} AS text FROM episodes ORDER BY 1").Select(r => r.Text)];
}

/// <summary>What a catalog holds and how it came about.</summary>
/// <param name="Bytes">Memory of its table, as DuckDB counts it.</param>
/// <param name="BuiltIn">How long the last build took.</param>
/// <param name="Trouble">Why the newest episodes are not in it: the last build failed. Null: they are, or soon will be.</param>
public sealed record CatalogState(long Episodes, long Bytes, DateTimeOffset BuiltAt, TimeSpan BuiltIn, string? Trouble);
