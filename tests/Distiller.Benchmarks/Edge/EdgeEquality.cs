using System.ClientModel;
using Distiller.Edge.Serving;
using Distiller.EdgeServer;
using Distiller.Evaluation;
using Distiller.Opsdesk.Nights;
using OpenAI;
using OpenAI.Chat;

namespace Distiller.Benchmarks.Edge;

/// <summary>
/// The tickets of a night's trial once by the evaluation's own runner and once through <c>edge serve</c>, by OpenAI's client:
/// a ticket is equal where every answer is, letter by letter.
/// </summary>
internal static class EdgeEquality
{
    private const int MaxOutputTokens = 128;

    public static async Task<int> RunAsync(string registry, string basePath, long company)
    {
        var trial = new DeskTrial { Company = company };
        var tasks = OpsdeskTasks.Draw(trial.Generate(), trial.TestTickets, trial.TestSeed);
        var release = new Registry.ReleaseRegistry(registry, TimeProvider.System).Show("latest");
        var adapter = Path.Combine(registry, release.Id, Registry.ReleaseCopy.AdapterFile);
        var evaluated = DeskRun.Work(
            basePath,
            adapter,
            withHandbook: false,
            tasks,
            new TrialOptions { MaxOutputTokens = MaxOutputTokens },
            progress: null,
            CancellationToken.None
        );
        var expected = evaluated.Requests.ToLookup(r => r.TaskId, r => r.Answer);

        using var home = new BenchHome(basePath);
        home.Take("nightly", adapter);
        using var host = EdgeHost.Open(
            new EdgeHostOptions
            {
                BasePath = basePath,
                Home = home.Store.Home,
                Threads = 1,
            }
        );
        await using var server = EdgeWebServer.Build(new EdgeServerOptions { Port = 0 }, host);
        await server.StartAsync();
        var client = new OpenAIClient(
            new ApiKeyCredential("none"),
            new OpenAIClientOptions { Endpoint = new Uri(new Uri(server.Urls.First()), "v1") }
        ).GetChatClient(host.DefaultModel);
        var (equal, solved, answers, equalAnswers) = (0, 0, 0, 0);
        foreach (var task in tasks.Tasks)
        {
            var said = new List<string>();
            var verdict = tasks.Work(
                task,
                tasks.ShortSystem(task),
                messages =>
                {
                    var answer = client
                        .CompleteChat(
                            messages.Select(Message),
                            new ChatCompletionOptions { MaxOutputTokenCount = MaxOutputTokens }
                        )
                        .Value;
                    said.Add(string.Concat(answer.Content.Select(c => c.Text)));
                    return said[^1];
                }
            );
            solved += verdict.IsSolved ? 1 : 0;
            equal += said.SequenceEqual(expected[task.Id]) ? 1 : 0;
            answers += said.Count;
            equalAnswers += said.Zip(expected[task.Id]).Count(p => p.First == p.Second);
        }

        await server.StopAsync();
        Console.WriteLine($"{tasks.Title}; release {release.Id}");
        Console.WriteLine(
            $"evaluation solves {evaluated.Rows.Count(r => r.Solved)}, edge serve {solved} of {tasks.Tasks.Count}; "
                + $"equal in every answer: {equal} of {tasks.Tasks.Count} tickets; equal answers: {equalAnswers} of {answers}"
        );
        return equal == tasks.Tasks.Count ? 0 : 1;
    }

    internal static ChatMessage Message(Core.ChatMessage message) =>
        message.Role switch
        {
            "system" => new SystemChatMessage(message.Content),
            "user" => new UserChatMessage(message.Content),
            _ => new AssistantChatMessage(message.Content),
        };
}
