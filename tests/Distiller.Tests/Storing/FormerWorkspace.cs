using Distiller.Lake;

namespace Distiller.Tests.Storing;

/// <summary>
/// A made-up workspace. <c>Storing/former-workspace</c> holds what the version that bound DuckDB's C API by hand wrote
/// when <see cref="Write"/> ran on it.
/// </summary>
internal static class FormerWorkspace
{
    private static readonly DateTimeOffset Discarded = new(2026, 5, 1, 12, 0, 0, 123, 456, TimeSpan.Zero);

    public static string Committed =>
        Path.Combine(Repository.Root, "tests", "Distiller.Tests", "Storing", "former-workspace");

    /// <summary>Episodes of which <see cref="Longer"/> takes the place of some, and others are discarded.</summary>
    public static IReadOnlyList<Episode> First { get; } = [.. Enumerable.Range(0, 30).Select(i => Make(i, 2))];

    public static IReadOnlyList<Episode> Longer { get; } = [.. Enumerable.Range(0, 5).Select(i => Make(i, 5))];

    public static IReadOnlyList<EpisodeId> Gone { get; } = [First[7].Id, First[8].Id];

    public static IReadOnlyList<QuarantinedRecord> Records { get; } =
    [
        new(new SourceLocation("logs/a.jsonl", 3), "episode", "It is cut \u00e9.", "Correct it.", "ab12", "{\"a\":"),
        new(new SourceLocation("logs/b.jsonl", 0), "tau-bench", "", "", "", "\0 \ud83c\udf89") { Tenant = "acme" },
    ];

    /// <summary>Every type of column, absent values, empty lists, zero characters, more than one page of rows.</summary>
    public static IReadOnlyList<Row> Rows { get; } = [.. Enumerable.Range(0, 2500).Select(Row.Of)];

    public static IReadOnlyList<TrainingExample> Examples { get; } =
    [
        .. Enumerable
            .Range(0, 20)
            .Select(i => new TrainingExample(
                [.. Enumerable.Range(7, i)],
                [.. Enumerable.Range(0, i).Select(t => t % 3 == 1)],
                i / 7f,
                new EpisodeId("e" + i),
                i
            )),
    ];

    public static void Write(string home)
    {
        using (var workspace = Workspace.Open(home))
        {
            Append(workspace, First);
            Append(workspace, Longer);
            using var batch = workspace.Quarantine.BeginBatch();
            foreach (var record in Records)
            {
                batch.Add(record);
            }

            batch.Commit();
            workspace.Episodes.Discard(Gone.ToHashSet(), Discarded);
        }

        ParquetFile.Write(Path.Combine(home, "rows.parquet"), Rows);
        ExampleFile.Write(Path.Combine(home, "train.parquet"), Examples);
        ParquetFile.Write<Row>(Path.Combine(home, "no-rows.parquet"), []);
    }

    private static void Append(Workspace workspace, IReadOnlyList<Episode> episodes)
    {
        using var batch = workspace.Episodes.BeginBatch();
        foreach (var episode in episodes)
        {
            batch.Append(
                episode,
                new EpisodeSource("logs/" + episode.Key, new string('b', 64), [1, -2, long.MaxValue])
            );
        }

        batch.Commit();
    }

    private static Episode Make(int i, int turns)
    {
        var episode = Sample.Episode("key " + i, turns, format: i % 2 == 0 ? "episode" : "claude-code");
        return EpisodeJson.Identify(
            episode with
            {
                Model = i % 3 == 0 ? null : episode.Model,
                StartedAt = i % 4 == 0 ? null : episode.StartedAt!.Value.ToUniversalTime().AddHours(i),
                Outcome = new Outcome((OutcomeKind)(i % 3), "judge", i % 5 == 0 ? null : i / 7.0),
                // All tell the same request, as the sessions of a fork do, or none.
                Requests = i % 7 == 0 ? [] : episode.Requests,
                Events = new SortedDictionary<string, int>(episode.Events.ToDictionary(), StringComparer.Ordinal),
            }
        );
    }

    internal sealed record Row(
        string Text,
        string? MaybeText,
        int Int,
        long Long,
        float Float,
        double Double,
        double? MaybeDouble,
        bool Bool,
        DateTimeOffset? MaybeTime,
        int[] Ints,
        bool[] Bools,
        string[] Strings
    )
    {
        public static Row Of(int i) =>
            new(
                i % 7 == 0 ? "" : new string('x', i % 40) + " ' \" \0 \u00e9 \ud83c\udf89",
                i % 3 == 0 ? null : "some " + (i % 10),
                i * (i % 2 == 0 ? 1 : -1),
                long.MaxValue - i,
                i / 3f,
                i % 11 == 0 ? double.NaN : Math.PI * i,
                i % 4 == 0 ? null : double.MinValue / (i + 1),
                i % 2 == 0,
                i % 6 == 0 ? null : DateTimeOffset.UnixEpoch.AddMicroseconds(1_700_000_000_123_456 + i),
                [.. Enumerable.Range(0, i % 5)],
                [.. Enumerable.Range(0, i % 3).Select(k => k == 1)],
                [
                    .. Enumerable
                        .Range(0, i % 6)
                        .Select(k =>
                            k == 0 ? ""
                            : k == 1 ? "\0 a\u0001a"
                            : "a longer piece of text " + k
                        ),
                ]
            );
    }
}
