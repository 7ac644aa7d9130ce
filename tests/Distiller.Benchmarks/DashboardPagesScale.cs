using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Distiller.Dashboard;
using Distiller.Jobs.Scheduling.Store;
using Microsoft.Extensions.Logging;

namespace Distiller.Benchmarks;

/// <summary>What the pages cost over HTTP: the real server on a port of loopback, asked by a client in the same process.</summary>
internal static class DashboardPagesScale
{
    private const int Times = 50;
    private const double MiB = 1048576;

    /// <summary>A listener looks once a second; one that comes sooner waits for the next look.</summary>
    private static readonly TimeSpan LiveRest = TimeSpan.FromSeconds(1.2);

    public static async Task MeasureAsync(string home, RunStore store)
    {
        var app = DashboardServer.Build(
            new DashboardOptions { Home = home, Port = 0 },
            store,
            new RunCommands(store, TimeProvider.System),
            TimeProvider.System,
            builder => builder.Logging.ClearProviders()
        );
        await app.StartAsync();
        using var client = new HttpClient();
        client.BaseAddress = new Uri(app.Urls.First());
        await GetAsync(client, "/", "tenant-4");
        Say($"memory of the process once the server answers: {Memory():F0} MiB");
        await FirstAsync(client);
        Say(
            $"memory with the catalog, after a collection: {Memory():F0} MiB; peak while it was built: {Peak():F0} MiB"
        );
        await EachAsync(client);
        Say($"memory after all requests: {Memory():F0} MiB");
        await app.StopAsync();
        await app.DisposeAsync();
    }

    private static async Task FirstAsync(HttpClient client)
    {
        var since = Stopwatch.GetTimestamp();
        var (said, _) = await TextAsync(client, "/episodes");
        var first = Stopwatch.GetElapsedTime(since);
        while ((await TextAsync(client, "/episodes")).Text.Contains("being counted", StringComparison.Ordinal))
        {
            await Task.Delay(200);
        }

        await GetAsync(client, "/episodes", "Pages");
        Say(
            $"first request for /episodes answered in {first.TotalMilliseconds:F0} ms ({(said.Contains("being counted", StringComparison.Ordinal) ? "being counted" : "the list")}); the list itself after {Stopwatch.GetElapsedTime(since).TotalSeconds:F1} s"
        );
    }

    private static async Task EachAsync(HttpClient client)
    {
        var ids = new List<string>();
        for (var i = 0; i <= Times; i++)
        {
            var (list, _) = await TextAsync(client, $"/episodes?page={1 + (i * 379 % 20_000)}");
            ids.Add(Regex.Match(list, "href=\"/episodes/([0-9a-f]{64})").Groups[1].Value);
        }

        List<(string Page, Func<int, (string Path, string Holds)> Of)> pages =
        [
            ("/ (five tenants)", _ => ("/", "Machines")),
            ("/?tenant=tenant-0 (one, with its trend)", _ => ("/?tenant=tenant-0", "Machines")),
            ("/jobs, first page", _ => ("/jobs", "nights")),
            ("/jobs, page 100", _ => ("/jobs?page=100", "nights")),
            ("/jobs, failed ones of one tenant", i => ($"/jobs?tenant=tenant-{i % 5}&state=failed", "nights")),
            ("/jobs/RUN, under way, 1,000 lines of log", _ => ($"/jobs/{ScaleWorld.Running}", "step 999")),
            ("/episodes, first page", _ => ("/episodes", "Page 1 of")),
            ("/episodes, a page anywhere", i => ($"/episodes?page={1 + (i * 379 % 20_000)}", "episodes")),
            (
                "/episodes, search, many hits",
                i => ($"/episodes?text={(i % 2 == 0 ? "refund" : "model-3+invoice")}", "found")
            ),
            ("/episodes, search, one hit", i => ($"/episodes?text=trial-{i * 19_373:d7}", "found")),
            (
                "/episodes, failed ones of a month",
                i => ($"/episodes?outcome=failed&from=2025-{1 + (i % 12):d2}-01&to=2025-{1 + (i % 12):d2}-28", "found")
            ),
            ("/episodes/ID, one conversation", i => ($"/episodes/{ids[i]}", "is done.")),
            ("/patterns (500)", _ => ("/patterns", "Restart service")),
            ("/releases (40)", _ => ("/releases", "llama-cli")),
            ("/quarantine (10,000)", i => ($"/quarantine?page={1 + (i * 7 % 400)}", "10,000")),
            ("/metrics", _ => ("/metrics", "# HELP")),
        ];
        Console.WriteLine("| page | median, ms | p95, ms | times |\n|---|---|---|---|");
        foreach (var (page, of) in pages)
        {
            var timings = await Timings.OfAsync(page, Times, i => GetAsync(client, of(i).Path, of(i).Holds));
            Console.WriteLine(timings.Row());
        }

        Console.WriteLine((await LiveAsync(client)).Row());
    }

    private static async Task<Timings> LiveAsync(HttpClient client)
    {
        var all = new List<double>();
        for (var i = 0; i <= Times; i++)
        {
            await Task.Delay(LiveRest);
            var since = Stopwatch.GetTimestamp();
            using var response = await client.GetAsync(
                new Uri($"/live?run={ScaleWorld.Running}&after=990", UriKind.Relative),
                HttpCompletionOption.ResponseHeadersRead
            );
            using var reader = new StreamReader(await response.EnsureSuccessStatusCode().Content.ReadAsStreamAsync());
            while (await reader.ReadLineAsync() is { } line && !line.StartsWith("data:", StringComparison.Ordinal)) { }

            all.Add(Stopwatch.GetElapsedTime(since).TotalMilliseconds);
        }

        return Timings.Of("/live of a run, first event, nobody else listening", all[1..]);
    }

    private static async Task GetAsync(HttpClient client, string path, string holds)
    {
        var (text, status) = await TextAsync(client, path);
        if (status != 200 || !text.Contains(holds, StringComparison.Ordinal))
        {
            throw new InvalidOperationException($"{path} answers {status} and does not hold '{holds}'");
        }
    }

    private static async Task<(string Text, int Status)> TextAsync(HttpClient client, string path)
    {
        using var response = await client.GetAsync(new Uri(path, UriKind.Relative));
        return (await response.Content.ReadAsStringAsync(), (int)response.StatusCode);
    }

    /// <returns>In MiB, of what is resident after a collection.</returns>
    private static double Memory()
    {
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return Environment.WorkingSet / MiB;
    }

    private static double Peak() => Process.GetCurrentProcess().PeakWorkingSet64 / MiB;

    private static void Say(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
