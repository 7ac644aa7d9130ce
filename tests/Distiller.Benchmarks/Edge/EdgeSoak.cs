using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Distiller.Edge.Serving;
using Distiller.EdgeServer;
using Distiller.Registry;

namespace Distiller.Benchmarks.Edge;

/// <summary>
/// A server under clients for some time: eight of them over three names, each of which goes from one release to another every
/// twenty seconds. Every answer is that of the release that the header names, or it is counted as wrong. Then requests whose
/// clients leave half way; what they leave behind is counted too.
/// </summary>
internal static class EdgeSoak
{
    private const int Clients = 8;
    private const int Left = 1000;
    private static readonly TimeSpan s_swapEvery = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan s_sampleEvery = TimeSpan.FromSeconds(10);

    public static async Task<int> RunAsync(string basePath, double minutes, IReadOnlyList<string> adapters)
    {
        using var home = new BenchHome(basePath);
        string[] names = ["one", "two", "three"];
        var releases = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        var canaries = new Dictionary<string, ReleaseCanary>(StringComparer.Ordinal);
        foreach (var (i, name) in names.Index())
        {
            // Two releases a name, of different adapters.
            releases[name] = [];
            foreach (var path in new[] { adapters[i % adapters.Count], adapters[(i + 1) % adapters.Count] })
            {
                var (id, canary) = home.Take(name, path);
                releases[name].Add(id);
                canaries[id] = canary ?? throw new InvalidOperationException($"{path} answers like its base.");
            }
        }

        using var host = EdgeHost.Open(
            new EdgeHostOptions
            {
                BasePath = basePath,
                Home = home.Store.Home,
                Threads = 1,
                PinStable = false,
                Engine = new EngineOptions { ContextTokens = 512 },
            }
        );
        await using var server = EdgeWebServer.Build(new EdgeServerOptions { Port = 0 }, host);
        await server.StartAsync();
        using var http = new HttpClient { BaseAddress = new Uri(server.Urls.First()) };
        var prompts = canaries.Values.Select(c => c.Prompt).Distinct(StringComparer.Ordinal).ToList();
        var tokensMax = canaries.Values.Max(c => c.Tokens.Count);

        // What each release says to each of the prompts, asked for alone and by its id.
        var expected = new Dictionary<(string Release, string Prompt), string>();
        foreach (var (name, ids) in releases)
        {
            foreach (var id in ids)
            {
                home.Store.Use(
                    name,
                    id,
                    new HashSet<Distiller.Edge.Releases.Allowance> { Distiller.Edge.Releases.Allowance.Older }
                );
                foreach (var prompt in prompts)
                {
                    expected[(id, prompt)] = (
                        await AskAsync(http, $"{host.DefaultModel.Split(':')[0]}:{name}@{id}", prompt, tokensMax)
                    ).Text;
                }
            }
        }

        var differ = expected.GroupBy(e => e.Key.Prompt).Max(g => g.Select(e => e.Value).Distinct().Count());
        Console.WriteLine(
            $"{Path.GetFileName(basePath)}, {adapters.Count} adapters, {canaries.Count} releases under {names.Length} names, {prompts.Count} prompts, at most {differ} different answers to one"
        );
        var model = host.DefaultModel.Split(':')[0];
        var sayings = canaries.ToDictionary(c => c.Key, c => (c.Value.Prompt, Text: home.Text(c.Value.Tokens)));
        await SoakAsync(http, home, model, releases, sayings, expected, prompts, tokensMax, minutes);
        for (var round = 0; round < 3; round++)
        {
            await LeaveAsync(http, model, names, sayings);
        }

        await server.StopAsync();
        return 0;
    }

    private static async Task SoakAsync(
        HttpClient http,
        BenchHome home,
        string model,
        Dictionary<string, List<string>> releases,
        Dictionary<string, (string Prompt, string Text)> sayings,
        Dictionary<(string Release, string Prompt), string> expected,
        List<string> prompts,
        int tokensMax,
        double minutes
    )
    {
        var names = releases.Keys.ToList();
        var failures = new ConcurrentBag<string>();
        var (answers, swaps) = (0, 0);
        // Where the release's own canary was asked for, its answer is fixed by a clear lead; else what it says alone may be
        // tipped by what else is in the batch, and is only compared with what the other adapters say.
        var (canaries, silent, others, rounded) = (0, 0, 0, 0);
        var answered = new ConcurrentDictionary<string, int>(StringComparer.Ordinal);
        var memory = new List<long>();
        var clock = Stopwatch.StartNew();
        bool IsOver() => clock.Elapsed.TotalMinutes >= minutes;
        var clients = Enumerable
            .Range(0, Clients)
            .Select(c =>
                Task.Run(async () =>
                {
                    for (var i = 0; !IsOver(); i++)
                    {
                        var prompt = prompts[(c + i) % prompts.Count];
                        try
                        {
                            var (release, text) = await AskAsync(
                                http,
                                $"{model}:{names[(c + (i / 7)) % names.Count]}@stable",
                                prompt,
                                tokensMax
                            );
                            Interlocked.Increment(ref answers);
                            answered.AddOrUpdate(release, 1, (_, n) => n + 1);
                            if (sayings[release].Prompt == prompt)
                            {
                                Interlocked.Increment(ref canaries);
                                if (!text.StartsWith(sayings[release].Text, StringComparison.Ordinal))
                                {
                                    Interlocked.Increment(ref silent);
                                }
                            }
                            else if (expected[(release, prompt)] != text)
                            {
                                Interlocked.Increment(ref rounded);
                                if (expected.Any(e => e.Key.Prompt == prompt && e.Value == text))
                                {
                                    Interlocked.Increment(ref others);
                                }
                            }
                        }
                        catch (Exception e)
                            when (e is HttpRequestException or JsonException or OperationCanceledException)
                        {
                            failures.Add(e.Message);
                        }
                    }
                })
            )
            .ToList();
        var swapping = Task.Run(async () =>
        {
            for (var i = 1; !IsOver(); i++)
            {
                await Task.Delay(s_swapEvery);
                foreach (var name in names)
                {
                    home.Store.Use(
                        name,
                        releases[name][i % 2],
                        new HashSet<Distiller.Edge.Releases.Allowance> { Distiller.Edge.Releases.Allowance.Older }
                    );
                    swaps++;
                }
            }
        });
        while (!IsOver())
        {
            await Task.Delay(s_sampleEvery);
            memory.Add(ResidentBytes());
        }

        await Task.WhenAll([.. clients, swapping]);
        var third = Math.Max(1, memory.Count / 3);
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{minutes} minutes, {Clients} clients: {answers} answers of {answered.Count} releases (each at least {answered.Values.Min()}), {swaps} swaps; {canaries} canaries, {silent} of another adapter; of the other prompts {rounded} not as alone, {others} as another adapter; {failures.Count} failed"
            )
        );
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"resident MB, medians of the thirds: {Median(memory.Take(third))}, {Median(memory.Skip(third).Take(third))}, {Median(memory.Skip(2 * third))}; most {memory.Max() >> 20}"
            )
        );
        foreach (var failure in failures.Distinct().Take(5))
        {
            Console.WriteLine($"  {failure}");
        }
    }

    private static async Task LeaveAsync(
        HttpClient http,
        string model,
        string[] names,
        Dictionary<string, (string Prompt, string Text)> sayings
    )
    {
        var prompt = sayings.First().Value.Prompt;
        var tokensMax = 16;
        var before = (Memory: ResidentBytes(), Files: OpenFiles(), Threads: Process.GetCurrentProcess().Threads.Count);
        var random = new Random(1);
        var pieces = Enumerable.Range(0, Left).Select(_ => random.Next(0, 6)).ToList();
        var (left, ended) = (0, 0);
        await Parallel.ForEachAsync(
            pieces.Index(),
            new ParallelOptions { MaxDegreeOfParallelism = Clients },
            async (one, _) =>
            {
                using var leave = new CancellationTokenSource();
                try
                {
                    using var request = new HttpRequestMessage(HttpMethod.Post, "v1/chat/completions")
                    {
                        Content = JsonContent.Create(
                            new
                            {
                                model = $"{model}:{names[one.Index % names.Length]}@stable",
                                stream = true,
                                max_tokens = 200,
                                temperature = 1,
                                messages = new[] { new { role = "user", content = $"{prompt} {one.Index}" } },
                            }
                        ),
                    };
                    if (one.Item == 0)
                    {
                        leave.CancelAfter(TimeSpan.FromMilliseconds(one.Index % 20));
                    }

                    using var response = await http.SendAsync(
                        request,
                        HttpCompletionOption.ResponseHeadersRead,
                        leave.Token
                    );
                    using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(leave.Token));
                    for (var i = 0; i < 2 * one.Item; i++)
                    {
                        if (await reader.ReadLineAsync(leave.Token) is null)
                        {
                            Interlocked.Increment(ref ended);
                            return;
                        }
                    }

                    Interlocked.Increment(ref left);
                }
                catch (OperationCanceledException)
                {
                    Interlocked.Increment(ref left);
                }
            }
        );
        await Task.Delay(TimeSpan.FromSeconds(3));
        var metrics = await http.GetStringAsync("metrics");
        var (release, _) = await AskAsync(http, $"{model}:{names[0]}@stable", prompt, tokensMax);
        var (_, text) = await AskAsync(http, $"{model}:{names[0]}@{release}", sayings[release].Prompt, tokensMax);
        var after = (Memory: ResidentBytes(), Files: OpenFiles(), Threads: Process.GetCurrentProcess().Threads.Count);
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{Left} requests whose client leaves: {left} left, {ended} had ended; active {Gauge(metrics, "requests_active")}, waiting {Gauge(metrics, "requests_waiting")}; resident MB {before.Memory >> 20} before, {after.Memory >> 20} after; open files {before.Files}, {after.Files}; threads {before.Threads}, {after.Threads}; the next answer is {(text.StartsWith(sayings[release].Text, StringComparison.Ordinal) ? "right" : "wrong")}"
            )
        );
    }

    private static async Task<(string Release, string Text)> AskAsync(
        HttpClient http,
        string model,
        string prompt,
        int tokensMax
    )
    {
        using var response = await http.PostAsJsonAsync(
            "v1/chat/completions",
            new
            {
                model,
                max_tokens = tokensMax,
                messages = new[] { new { role = "user", content = prompt } },
            }
        );
        response.EnsureSuccessStatusCode();
        var answer = await response.Content.ReadFromJsonAsync<JsonNode>();
        return (
            response.Headers.GetValues("X-Distiller-Model").Single().Split('@')[1],
            (string)answer!["choices"]![0]!["message"]!["content"]!
        );
    }

    private static string Gauge(string metrics, string name) =>
        metrics
            .Split('\n')
            .FirstOrDefault(l => l.StartsWith($"distiller_edge_{name}", StringComparison.Ordinal))
            ?.Split(' ')[^(1)]
        ?? "?";

    private static long Median(IEnumerable<long> bytes) => bytes.Order().ElementAt(bytes.Count() / 2) >> 20;

    private static long ResidentBytes() => Environment.WorkingSet;

    private static int OpenFiles() => Directory.GetFileSystemEntries("/proc/self/fd").Length;
}
