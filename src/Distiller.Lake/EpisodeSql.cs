using System.Globalization;

namespace Distiller.Lake;

/// <summary>The questions asked of the part files.</summary>
internal static class EpisodeSql
{
    /// <summary>
    /// Episodes that may share requests with others (see <see cref="EpisodeSource.Records"/>): those with source records,
    /// and so with a sum of the records' hashes. In all others a request id is unique within its episode only.
    /// </summary>
    private const string MayShareRequests = "records_digest <> 0";

    private const string Mine = """

        , mine AS (
            SELECT t.id AS id, list(t.request ORDER BY t.request) AS shared_ids,
                list(s.owner = t.id ORDER BY t.request) AS shared_owned,
                list(s.input ORDER BY t.request) AS shared_input,
                list(s.cache_read ORDER BY t.request) AS shared_cache_read,
                list(s.cache_write ORDER BY t.request) AS shared_cache_write,
                list(s.output ORDER BY t.request) AS shared_output
            FROM told t JOIN shared s
            ON t.format = s.format AND t.tenant = s.tenant AND t.request = s.request GROUP BY t.id
        )
        """;

    private const string MineOrNone = """
         coalesce(m.shared_ids, []::VARCHAR[]) AS shared_ids,
            coalesce(m.shared_owned, []::BOOLEAN[]) AS shared_owned,
            coalesce(m.shared_input, []::BIGINT[]) AS shared_input,
            coalesce(m.shared_cache_read, []::BIGINT[]) AS shared_cache_read,
            coalesce(m.shared_cache_write, []::BIGINT[]) AS shared_cache_write,
            coalesce(m.shared_output, []::BIGINT[]) AS shared_output
        FROM parts p LEFT JOIN mine m ON p.id = m.id

        """;

    /// <summary>
    /// <c>shared</c>: each request that several current episodes tell of, with the episode it is counted for (the
    /// earliest, then by key) and the largest usage any of them tells.
    /// </summary>
    public static string Shared(IReadOnlyList<string> parts) =>
        $"""
            WITH parts AS ({Parts(parts)}),
            newest AS (
                SELECT format, tenant, key, max(generation) AS generation FROM parts
                GROUP BY ALL HAVING max(generation) > 0
            ),
            superseded AS (
                SELECT p.id FROM parts p JOIN newest n
                ON p.format = n.format AND p.tenant = n.tenant AND p.key = n.key AND p.generation < n.generation
            ),
            told AS (
                SELECT format, tenant, key, id, started_at, unnest(request_ids) AS request,
                    unnest(request_input) AS input, unnest(request_cache_read) AS cache_read,
                    unnest(request_cache_write) AS cache_write, unnest(request_output) AS output
                FROM parts WHERE {MayShareRequests} AND id NOT IN (FROM superseded)
            ),
            shared AS (
                SELECT format, tenant, request, count(*) AS copies,
                    first(id ORDER BY started_at NULLS LAST, key, id) AS owner,
                    max(input) AS input, max(cache_read) AS cache_read,
                    max(cache_write) AS cache_write, max(output) AS output,
                    sum(input) - max(input) AS more_input, sum(cache_read) - max(cache_read) AS more_cache_read,
                    sum(cache_write) - max(cache_write) AS more_cache_write, sum(output) - max(output) AS more_output
                FROM told GROUP BY format, tenant, request HAVING count(*) > 1
            )
            """;

    /// <summary>Old parts have no column for sessions and for how sure an outcome is.</summary>
    private static string Parts(IReadOnlyList<string> parts) =>
        "FROM (SELECT NULL::VARCHAR AS session, NULL::DOUBLE AS confidence WHERE false) "
        + $"UNION ALL BY NAME FROM {DuckDb.Table(parts)}";

    public static string Counts(IReadOnlyList<string> parts) =>
        Shared(parts)
        + """

            , plain AS (
                SELECT format, count(*) AS episodes, count(DISTINCT tenant || chr(0) || session) AS sessions,
                    sum(turns) AS turns, sum(requests) AS requests,
                    sum(input) AS input, sum(cache_read) AS cache_read,
                    sum(cache_write) AS cache_write, sum(output) AS output,
                    count(*) FILTER (outcome = 'succeeded') AS succeeded,
                    count(*) FILTER (outcome = 'failed') AS failed,
                    count(*) FILTER (outcome = 'unknown') AS unknown
                FROM parts WHERE id NOT IN (FROM superseded) GROUP BY format
            ),
            excess AS (
                SELECT format, sum(copies - 1) AS requests, sum(more_input) AS input,
                    sum(more_cache_read) AS cache_read, sum(more_cache_write) AS cache_write,
                    sum(more_output) AS output
                FROM shared GROUP BY format
            )
            SELECT p.format AS format, p.episodes AS episodes, p.sessions AS sessions, p.turns::BIGINT AS turns,
                (p.requests - coalesce(e.requests, 0))::BIGINT AS requests,
                (p.input - coalesce(e.input, 0))::BIGINT AS input,
                (p.cache_read - coalesce(e.cache_read, 0))::BIGINT AS cache_read,
                (p.cache_write - coalesce(e.cache_write, 0))::BIGINT AS cache_write,
                (p.output - coalesce(e.output, 0))::BIGINT AS output,
                p.succeeded AS succeeded, p.failed AS failed, p.unknown AS unknown
            FROM plain p LEFT JOIN excess e ON p.format = e.format ORDER BY p.format
            """;

    public static string CurrentIds(IReadOnlyList<string> parts) =>
        Shared(parts) + "\nSELECT id FROM parts WHERE id NOT IN (FROM superseded) ORDER BY id";

    public static string Newest(IReadOnlyList<string> parts) =>
        $"SELECT max(started_at) AS started_at FROM {DuckDb.Table(parts)}";

    public static string Projects(IReadOnlyList<string> parts) =>
        $"""
            SELECT DISTINCT project FROM (
                FROM (SELECT NULL::VARCHAR AS project WHERE false) UNION ALL BY NAME FROM {DuckDb.Table(parts)}
            ) WHERE project IS NOT NULL ORDER BY project
            """;

    /// <summary>For every episode that tells of shared requests, those requests as parallel lists.</summary>
    public static string SharedByEpisode(IReadOnlyList<string> parts) => Shared(parts) + Mine + "\nFROM mine";

    /// <summary>Whole current rows in the order of their ids, each with its shared requests as parallel lists.</summary>
    public static string Rows(IReadOnlyList<string> parts) =>
        Shared(parts)
        + Mine
        + """

            SELECT p.*,
            """
        + MineOrNone
        + "WHERE p.id NOT IN (FROM superseded) ORDER BY p.id";

    /// <summary>The same without the conversations, and without what began before a time.</summary>
    public static string Current(IReadOnlyList<string> parts, DateTimeOffset? since) =>
        Shared(parts)
        + Mine
        + """

            SELECT p.id AS id,
            """
        + MineOrNone
        + "WHERE p.id NOT IN (FROM superseded) "
        + (
            since is { } time
                ? string.Create(
                    CultureInfo.InvariantCulture,
                    $"AND (p.started_at IS NULL OR p.started_at >= TIMESTAMP '{time.UtcDateTime:yyyy-MM-dd HH:mm:ss.ffffff}') "
                )
                : ""
        )
        + "ORDER BY p.id";
}
