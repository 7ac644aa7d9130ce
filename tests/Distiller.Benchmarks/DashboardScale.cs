using System.Diagnostics;
using System.Globalization;
using Distiller.Core;
using Distiller.Jobs.Scheduling.Store;
using Distiller.Lake;
using Distiller.Lake.Catalog;

namespace Distiller.Benchmarks;

/// <summary>What the dashboard's lists cost over many episodes and runs.</summary>
internal static class DashboardScale
{
    private const int Times = 60;

    public static async Task<int> RunAsync(string[] arguments)
    {
        var folder = arguments.Length > 0 ? arguments[0] : null;
        var episodes = Number(arguments, 1, 1_000_000);
        var runs = Number(arguments, 2, 10_000);
        var home = folder ?? Directory.CreateTempSubdirectory("distiller-scale-").FullName;
        try
        {
            await MeasureAsync(home, episodes, runs);
            return 0;
        }
        finally
        {
            if (folder is null)
            {
                Directory.Delete(home, recursive: true);
            }
        }
    }

    private static async Task MeasureAsync(string home, int episodes, int runs)
    {
        using var database = RunDatabase.Sqlite(Path.Combine(home, ".serve", "distiller.db"));
        var store = new RunStore(database, TimeProvider.System);
        var world = new ScaleWorld(home, store);
        if (world.WriteEpisodes(episodes) is { } took)
        {
            Console.WriteLine(
                string.Create(CultureInfo.InvariantCulture, $"episodes written in {took.TotalSeconds:F0} s")
            );
        }

        world.WriteRest();
        await world.WriteRunsAsync(runs);
        await DashboardPagesScale.MeasureAsync(home, store);

        using var catalog = new EpisodeCatalog(home);
        await catalog.RefreshAsync();
        var state = catalog.State();
        var ids = Enumerable
            .Range(0, Times + 1)
            .Select(i => catalog.List(take: 1, skip: Place(i, state.Episodes)).Episodes[0].Id.Value)
            .ToList();
        List<Timings> timings =
        [
            await Timings.OfAsync("episodes: first page of 50, and how many", Times, _ => Seen(catalog.List())),
            await Timings.OfAsync(
                "episodes: a page anywhere",
                Times,
                i => Seen(catalog.List(skip: Place(i, state.Episodes)))
            ),
            await Timings.OfAsync(
                "episodes: search, many hits (first page, and how many)",
                Times,
                i => Seen(catalog.List(new EpisodeFilter(Text: i % 2 == 0 ? "refund" : "model-3 invoice")))
            ),
            await Timings.OfAsync(
                "episodes: search, one hit",
                Times,
                i => Seen(catalog.List(new EpisodeFilter(Text: $"trial-{Place(i, state.Episodes):d7}")))
            ),
            await Timings.OfAsync(
                "episodes: search, no hit",
                Times,
                i => catalog.List(new EpisodeFilter(Text: $"nothing{i}"))
            ),
            await Timings.OfAsync(
                "episodes: failed ones of one format in one month, last page",
                Times,
                i =>
                {
                    var from = new DateTimeOffset(2025, 1, 1, 0, 0, 0, TimeSpan.Zero).AddMonths(i % 12);
                    var filter = new EpisodeFilter(
                        Outcome: OutcomeKind.Failed,
                        Format: "tau-bench",
                        From: from,
                        To: from.AddMonths(1)
                    );
                    var total = catalog.List(filter, 1).Total;
                    catalog.List(filter, 50, Math.Max(0, total - 50));
                }
            ),
            await Timings.OfAsync("episodes: count of all, by format", Times, _ => catalog.Count()),
            await Timings.OfAsync(
                "episodes: count of a search, by format",
                Times,
                i => catalog.Count(new EpisodeFilter(Text: $"backup agent-{i % 6}"))
            ),
            await Timings.OfAsync("episodes: trend by day, all", Times, _ => catalog.Days()),
            await Timings.OfAsync(
                "episodes: one, with its conversation",
                Times,
                i => _ = catalog.Read(ids[i]) ?? throw new InvalidOperationException(ids[i])
            ),
            await Timings.OfAsync("runs: first page of 50", Times, _ => store.ListAsync(new RunQuery())),
            await Timings.OfAsync(
                "runs: a page anywhere",
                Times,
                i => store.ListAsync(new RunQuery(Skip: (int)Place(i, runs - 50)))
            ),
            await Timings.OfAsync(
                "runs: failed ones of one tenant, and how many",
                Times,
                async i =>
                {
                    var query = new RunQuery($"tenant-{i % 5}", States: RunState.Failed);
                    await store.ListAsync(query);
                    await store.CountAsync(query);
                }
            ),
        ];
        Print(state, timings, runs);
    }

    private static void Print(CatalogState state, IReadOnlyList<Timings> timings, int runs)
    {
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{state.Episodes:N0} episodes, {runs:N0} runs; {Environment.ProcessorCount} cores, DuckDB {DuckDb.Version}, .NET {Environment.Version}"
            )
        );
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"catalog built in {state.BuiltIn.TotalSeconds:F1} s, {state.Bytes / 1048576.0:F0} MiB in memory as DuckDB counts; peak of the process {Process.GetCurrentProcess().PeakWorkingSet64 / 1048576.0:F0} MiB"
            )
        );
        Console.WriteLine("| question | median, ms | p95, ms | times |\n|---|---|---|---|");
        foreach (var timing in timings)
        {
            Console.WriteLine(timing.Row());
        }
    }

    private static void Seen(EpisodePage page)
    {
        if (page.Episodes.Count == 0 || page.Total == 0)
        {
            throw new InvalidOperationException("The page is empty.");
        }
    }

    private static long Place(int i, long of) => (long)((i * 0.6180339887) % 1 * of);

    private static int Number(string[] arguments, int at, int fallback) =>
        arguments.Length > at ? int.Parse(arguments[at], CultureInfo.InvariantCulture) : fallback;
}
