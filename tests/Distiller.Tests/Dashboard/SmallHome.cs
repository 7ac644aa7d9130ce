using System.Text.Json;

namespace Distiller.Tests.Dashboard;

/// <summary>A server's folder with one tenant, a small base and a log that holds all a log can do to a reader.</summary>
internal sealed class SmallHome : IDisposable
{
    public const string Tenant = "desk";
    public const string Token = "0123456789abcdef0123456789abcdef-small";

    private readonly TemporaryFolder _folder = new();

    public SmallHome()
    {
        Directory.CreateDirectory(_folder["logs"]);
        SecretFile.Write(TokenFile, Token);
        _ = new TinyBase().Write(_folder["base.gguf"]);
        SampleLogs.Write(_folder["logs/sample.jsonl"]);
        File.WriteAllLines(_folder["logs/hostile.jsonl"], [HostileEpisode()]);
        File.WriteAllLines(LateFile, [LateEpisode("first"), LateEpisode("second")[..90] + Hostile.Script]);
        File.WriteAllText(
            _folder["nightly.yaml"],
            $"""
            tenants:
              - name: {Tenant}
                logs: logs
                base: base.gguf
                cron: "0 3 1 1 *"
                time-zone: Europe/Berlin
                settings:
                  max-sequence: 256
                  max-train-tokens: 400000
                  tokens-per-step: 512
                  epochs: 80
                  rank: 8
                  alpha: 16
                  learning-rate: 0.003
                  tool-steps: 4
                  min-holdout-tasks: 2
                  threads: 1
            """
        );
    }

    public string Path => _folder.Path;

    public string TokenFile => _folder["token"];

    /// <summary>Its second line was cut off and something else was written after it.</summary>
    public string LateFile => _folder["logs/late.jsonl"];

    public void CorrectLateFile() => File.WriteAllLines(LateFile, [LateEpisode("first"), LateEpisode("second")]);

    public void Dispose() => _folder.Dispose();

    private static string HostileEpisode() =>
        Line(
            Hostile.All,
            Hostile.Script,
            new { role = "user", text = Hostile.All },
            Call("c1"),
            new
            {
                role = "tool",
                text = Hostile.All,
                toolCallId = "c1",
            },
            new { role = "assistant", text = Hostile.All }
        );

    private static string LateEpisode(string name) =>
        Line(
            $"late/{name}",
            "sample",
            new { role = "user", text = $"Ticket of the {name} late one: jobs pile up in mail." },
            Call("c1"),
            new
            {
                role = "tool",
                text = "ok",
                toolCallId = "c1",
            },
            new { role = "assistant", text = "Done." }
        );

    private static object Call(string id) =>
        new
        {
            role = "assistant",
            text = "",
            toolCalls = new[]
            {
                new
                {
                    id,
                    name = "get_queue",
                    argumentsJson = """{"target":"<b>host</b>"}""",
                },
            },
        };

    private static string Line(string task, string agent, params object[] turns) =>
        JsonSerializer.Serialize(
            new
            {
                key = $"{task}/1",
                agent,
                model = "made-up",
                taskId = task,
                startedAt = new DateTimeOffset(2026, 11, 2, 8, 0, 0, TimeSpan.Zero),
                turns,
                outcome = new { kind = "succeeded", judge = "sample" },
            },
            EpisodeJson.Options
        );
}
