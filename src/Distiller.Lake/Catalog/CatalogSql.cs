namespace Distiller.Lake.Catalog;

/// <summary>How the catalog is filled and asked.</summary>
internal static class CatalogSql
{
    /// <summary>Rows of <see cref="JudgedEpisode"/>.</summary>
    public const string Judged = "judged";

    private const int WordsMax = 8;
    private const int TextCharsMax = 500;

    public const string Columns =
        "place, part, id, format, tenant, key, task_id, agent, model, started_at, outcome, judge, score, confidence, turns, requests, "
        + "input, cache_read, cache_write, output";

    /// <summary>
    /// Tables <c>shared</c> (per episode, see <see cref="SharedRequests"/>) and <c>episodes</c>, the newest first. A request
    /// that several episodes tell of is counted as <see cref="EpisodeStore.Read"/> gives it; an outcome of the table
    /// <see cref="Judged"/> stands over the log's own.
    /// </summary>
    public static string Fill(IReadOnlyList<string> parts) =>
        $"""
            CREATE TABLE shared AS {EpisodeSql.SharedByEpisode(parts)};
            CREATE TABLE episodes AS
            {EpisodeSql.Shared(parts)},
            moved AS (
                SELECT t.id AS id, count(*) FILTER (s.owner <> t.id) AS requests,
                    sum(if(s.owner = t.id, s.input, 0) - t.input) AS input,
                    sum(if(s.owner = t.id, s.cache_read, 0) - t.cache_read) AS cache_read,
                    sum(if(s.owner = t.id, s.cache_write, 0) - t.cache_write) AS cache_write,
                    sum(if(s.owner = t.id, s.output, 0) - t.output) AS output
                FROM told t JOIN shared s
                ON t.format = s.format AND t.tenant = s.tenant AND t.request = s.request GROUP BY t.id
            ),
            numbered(file, part) AS (VALUES {string.Join(", ", parts.Select(Number))}),
            located AS (
                SELECT f.id AS id, n.part AS part
                FROM read_parquet({DuckDb.QuoteFiles(parts)}, filename = true) f
                JOIN numbered n ON parse_filename(f.filename) = n.file
            )
            SELECT row_number() OVER (ORDER BY p.started_at DESC NULLS LAST, p.key, p.id) - 1 AS place,
                l.part::INTEGER AS part, p.id AS id, p.format AS format, p.tenant AS tenant, p.key AS key,
                p.task_id AS task_id, p.agent AS agent, p.model AS model, p.started_at AS started_at,
                p.session AS session, coalesce(j.outcome, p.outcome) AS outcome,
                if(j.id IS NULL, p.judge, j.judge) AS judge, if(j.id IS NULL, p.score, j.score) AS score,
                if(j.id IS NULL, p.confidence, j.confidence) AS confidence, p.turns AS turns,
                (p.requests - coalesce(m.requests, 0))::INTEGER AS requests,
                (p.input + coalesce(m.input, 0))::BIGINT AS input,
                (p.cache_read + coalesce(m.cache_read, 0))::BIGINT AS cache_read,
                (p.cache_write + coalesce(m.cache_write, 0))::BIGINT AS cache_write,
                (p.output + coalesce(m.output, 0))::BIGINT AS output,
                lower(concat_ws(chr(10), p.task_id, p.key, p.agent, p.model)) AS words
            FROM parts p JOIN located l ON p.id = l.id LEFT JOIN moved m ON p.id = m.id
                LEFT JOIN {Judged} j ON p.id = j.id
            WHERE p.id NOT IN (FROM superseded) ORDER BY place
            """;

    /// <summary>The condition of a filter; empty where it restricts nothing.</summary>
    public static string Where(EpisodeFilter filter)
    {
        var parts = new List<string>();
        foreach (var word in Words(filter.Text))
        {
            parts.Add($"contains(words, lower({DuckDb.Quote(word)}))");
        }

        if (filter.Outcome is { } outcome)
        {
            parts.Add($"outcome = lower({DuckDb.Quote(outcome.ToString())})");
        }

        if (filter.Format is { } format)
        {
            parts.Add($"format = {DuckDb.Quote(Clean(format))}");
        }

        if (filter.Tenant is { } tenant)
        {
            parts.Add($"tenant = {DuckDb.Quote(Clean(tenant))}");
        }

        if (filter.From is { } from)
        {
            parts.Add($"started_at >= {Time(from)}");
        }

        if (filter.To is { } to)
        {
            parts.Add($"started_at < {Time(to)}");
        }

        return parts.Count == 0 ? "" : "WHERE " + string.Join(" AND ", parts);
    }

    private static IEnumerable<string> Words(string? text) =>
        Clean(text is null || text.Length <= TextCharsMax ? text ?? "" : text[..TextCharsMax])
            .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
            .Take(WordsMax);

    /// <summary>A zero character cannot stand in SQL, nor does any name in the store hold one.</summary>
    private static string Clean(string text) => text.Replace('\0', '\uFFFD');

    private static string Time(DateTimeOffset time) =>
        $"make_timestamp({(time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond})";

    private static string Number(string part, int number) => $"({DuckDb.Quote(Path.GetFileName(part))}, {number})";
}
