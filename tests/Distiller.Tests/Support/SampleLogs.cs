using System.Text.Json;

namespace Distiller.Tests.Support;

/// <summary>Small made-up logs in the project's own episode format: tickets that two procedures solve.</summary>
internal static class SampleLogs
{
    private static readonly string[] Services = ["mail", "search", "billing", "wiki", "chat", "files"];

    /// <summary>Three attempts at each task; the last of them fails.</summary>
    public static string Write(string path, int tasks = 12)
    {
        var lines =
            from task in Enumerable.Range(0, tasks)
            from trial in Enumerable.Range(0, 3)
            select JsonSerializer.Serialize(Attempt(task, trial), EpisodeJson.Options);
        File.WriteAllLines(path, lines);
        return path;
    }

    private static object Attempt(int task, int trial)
    {
        var service = Services[task % Services.Length];
        var host = $"host-{task:d2}";
        var failed = trial == 2;
        var isRestart = task % 2 == 0;
        string[] tools = isRestart
            ? ["get_service", "restart", "close_ticket"]
            : ["get_queue", "drain", "close_ticket"];
        var problem = isRestart ? $"slow answers from {service}" : $"jobs pile up in {service}";
        var turns = new List<object>
        {
            new
            {
                role = "system",
                text = "You work tickets. " + string.Join(' ', Enumerable.Repeat("Follow the policy.", 40)),
            },
            new { role = "user", text = $"Ticket {100 + task}: {problem} on {host}, attempt {trial}." },
        };
        foreach (var tool in failed ? tools[..1] : tools)
        {
            turns.Add(
                new
                {
                    role = "assistant",
                    text = "",
                    toolCalls = new[]
                    {
                        new
                        {
                            id = $"c{turns.Count}",
                            name = tool,
                            argumentsJson = $"{{\"target\":\"{host}\"}}",
                        },
                    },
                }
            );
            turns.Add(
                new
                {
                    role = "tool",
                    text = $"{tool} of {host}: ok",
                    toolCallId = $"c{turns.Count - 1}",
                }
            );
        }

        turns.Add(new { role = "assistant", text = failed ? "I give up." : $"Done with {service}." });
        return new
        {
            key = $"task-{task}/trial-{trial}",
            agent = "sample",
            model = "made-up",
            taskId = $"task-{task}",
            startedAt = new DateTimeOffset(2026, 11, 1 + trial, 8, task, 0, TimeSpan.Zero),
            turns,
            outcome = new { kind = failed ? "failed" : "succeeded", judge = "sample" },
            requests = new[]
            {
                new
                {
                    id = $"r{task}-{trial}",
                    usage = new
                    {
                        input = 900,
                        cacheRead = 0,
                        cacheWrite = 0,
                        output = 40,
                    },
                },
            },
        };
    }
}
