using System.ClientModel;
using Distiller.Edge.Releases;
using Distiller.Edge.Serving;
using Distiller.EdgeServer;
using Distiller.Opsdesk.Nights;
using OpenAI;
using OpenAI.Chat;

namespace Distiller.Benchmarks.Edge;

/// <summary>
/// The tickets of the days after a drift through <c>edge serve</c>, by OpenAI's client, with the document as it stands and without:
/// what changed since the adapter learnt is to be answered from the document.
/// </summary>
internal static class EdgeDrift
{
    private const int MaxOutputTokens = 128;

    public static async Task<int> RunAsync(string registry, string basePath, long company, int drift)
    {
        var trial = new DeskTrial { Company = company, Drift = drift };
        var tasks = OpsdeskTasks.Draw(trial.Generate(), trial.TestTickets, trial.TestSeed);
        var folder = Directory.CreateTempSubdirectory("distiller-drift-").FullName;
        try
        {
            var store = new EdgeStore(Path.Combine(folder, "edge"), TimeProvider.System);
            using (var source = ReleaseSource.Open(registry))
            {
                await store.PullAsync(source, new PullOptions { BasePath = basePath });
            }

            Console.WriteLine($"{tasks.Title}, {drift} changed rules");
            Console.WriteLine(
                "| | solved | known | changed | new | answered from the document | tokens a solved ticket |"
            );
            Console.WriteLine("|---|---|---|---|---|---|---|");
            var document = Path.Combine(folder, "handbook.md");
            await RunAsync("adapter alone", store.Home, basePath, tasks, document: null);
            await RunAsync("with `--document`", store.Home, basePath, tasks, document);
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task RunAsync(string name, string home, string basePath, OpsdeskTasks tasks, string? document)
    {
        using var host = EdgeHost.Open(
            new EdgeHostOptions
            {
                BasePath = basePath,
                Home = home,
                Threads = 1,
            }
        );
        if (document is not null)
        {
            await File.WriteAllTextAsync(document, tasks.VerboseSystem(tasks.Tasks[0]));
        }

        await using var server = EdgeWebServer.Build(
            new EdgeServerOptions
            {
                Port = 0,
                DocumentPath = document,
                Tell = Console.Error.WriteLine,
            },
            host
        );
        await server.StartAsync();
        var client = new OpenAIClient(
            new ApiKeyCredential("none"),
            new OpenAIClientOptions { Endpoint = new Uri(new Uri(server.Urls.First()), "v1") }
        ).GetChatClient(host.DefaultModel);
        var solved = new List<string>();
        var (tokens, fromDocument) = (0L, 0);
        var before = "";
        foreach (var task in tasks.Tasks)
        {
            if (document is not null && tasks.VerboseSystem(task) is var now && now != before)
            {
                // As somebody edits the file while the server runs.
                await File.WriteAllTextAsync(document, before = now);
            }

            var isFromDocument = false;
            var verdict = tasks.Work(
                task,
                tasks.ShortSystem(task),
                messages =>
                {
                    var result = client.CompleteChat(
                        messages.Select(EdgeEquality.Message),
                        new ChatCompletionOptions { MaxOutputTokenCount = MaxOutputTokens }
                    );
                    tokens += result.Value.Usage.TotalTokenCount;
                    isFromDocument =
                        result.GetRawResponse().Headers.TryGetValue("X-Distiller-Model", out var model)
                        && !model!.Contains('@', StringComparison.Ordinal);
                    return string.Concat(result.Value.Content.Select(c => c.Text));
                }
            );
            fromDocument += isFromDocument ? 1 : 0;
            if (verdict.IsSolved)
            {
                solved.Add(task.Stratum);
            }
        }

        await server.StopAsync();
        string Of(string stratum) =>
            $"{solved.Count(s => s == stratum)} of {tasks.Tasks.Count(t => t.Stratum == stratum)}";
        Console.WriteLine(
            $"| {name} | {solved.Count} of {tasks.Tasks.Count} | {Of("known")} | {Of("changed")} | {Of("unseen")} | {fromDocument} | {tokens / Math.Max(1, solved.Count)} |"
        );
    }
}
