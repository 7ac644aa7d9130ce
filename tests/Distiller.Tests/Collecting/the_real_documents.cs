using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;

namespace Distiller.Tests.Collecting;

/// <summary>Real documents of benchmarks and agents; the numbers are checked against counts made here, without the collector.</summary>
internal sealed class the_real_documents
{
    [Test]
    public void of_ljoukovs_runs_108_of_which_29_succeeded()
    {
        var folder = SharedFiles.Path("logs/ljoukov-llm");
        var (runs, steps, prompt, cached, output) = (0, 0, 0L, 0L, 0L);
        foreach (var file in Directory.EnumerateFiles(folder, "agent-run.json", SearchOption.AllDirectories))
        {
            using var document = JsonDocument.Parse(File.ReadAllText(file));
            var root = document.RootElement;
            runs++;
            var result = root.TryGetProperty("result", out var r) ? r : root.GetProperty("partialResult");
            foreach (var usage in result.GetProperty("steps").EnumerateArray().Select(s => s.GetProperty("usage")))
            {
                steps++;
                prompt += usage.GetProperty("promptTokens").GetInt64();
                cached += usage.TryGetProperty("cachedTokens", out var c) ? c.GetInt64() : 0;
                output += usage.GetProperty("totalTokens").GetInt64() - usage.GetProperty("promptTokens").GetInt64();
            }
        }

        runs.ShouldBe(108);
        using var read = Collected.From(folder);

        read.Episodes.ShouldAllBe(e => e.Format == "ljoukov-run");
        read.Episodes.Count.ShouldBe(runs);
        read.Episodes.Count(e => e.Outcome.Kind == OutcomeKind.Succeeded).ShouldBe(29);
        read.Episodes.Count(e => e.Outcome.Kind == OutcomeKind.Failed).ShouldBe(79);
        read.Report.Requests.ShouldBe(steps);
        var told = read.Report.Usage;
        (told.Input, told.CacheRead, told.CacheWrite, told.Output).ShouldBe((prompt - cached, cached, 0, output));
        read.Report.Quarantined.ShouldBe(0);
        read.Episodes.Select(e => e.TaskId).Distinct().Count().ShouldBe(3);
    }

    [Test]
    public void of_terminal_bench_every_trial_that_the_files_hold()
    {
        var folder = SharedFiles.Path("logs/agents/terminal-bench");
        var resolved = new Dictionary<string, bool?>(StringComparer.Ordinal);
        foreach (var file in Directory.EnumerateFiles(folder, "*.json"))
        {
            using var document = JsonDocument.Parse(File.ReadAllText(file));
            var root = document.RootElement;
            var trials = root.TryGetProperty("results", out var list) ? [.. list.EnumerateArray()] : new[] { root };
            foreach (var trial in trials)
            {
                var id = trial.TryGetProperty("id", out var own) ? own : trial.GetProperty("uuid");
                var value = trial.GetProperty("is_resolved");
                resolved[id.GetString()!] = value.ValueKind == JsonValueKind.Null ? null : value.GetBoolean();
            }
        }

        resolved.Count.ShouldBeGreaterThan(90);
        using var read = Collected.From(folder);

        read.Episodes.Count.ShouldBe(resolved.Count);
        read.Episodes.Count(e => e.Outcome.Kind == OutcomeKind.Succeeded)
            .ShouldBe(resolved.Values.Count(v => v == true));
        read.Episodes.Count(e => e.Outcome.Kind == OutcomeKind.Failed).ShouldBe(resolved.Values.Count(v => v == false));
        read.Report.Quarantined.ShouldBe(0);
    }

    [Test]
    public void of_swe_agent_every_file_with_all_its_steps()
    {
        var folder = SharedFiles.Path("logs/swe-agent");
        var hashes = new HashSet<string>(StringComparer.Ordinal);
        var (steps, sent, received, assistants) = (0, 0L, 0L, 0);
        foreach (var file in Directory.EnumerateFiles(folder, "*.traj", SearchOption.AllDirectories))
        {
            if (!hashes.Add(Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)))))
            {
                continue;
            }

            using var document = JsonDocument.Parse(File.ReadAllText(file));
            var root = document.RootElement;
            if (root.TryGetProperty("trajectory", out var trajectory))
            {
                steps += trajectory.GetArrayLength();
                var stats = root.GetProperty("info").GetProperty("model_stats");
                sent += stats.GetProperty("tokens_sent").GetInt64();
                received += stats.GetProperty("tokens_received").GetInt64();
            }
            else
            {
                assistants += root.GetProperty("history")
                    .EnumerateArray()
                    .Count(m => m.GetProperty("role").GetString() == "assistant");
            }
        }

        hashes.Count.ShouldBeGreaterThan(15);
        using var read = Collected.From(folder);

        var told = read.Episodes.Where(e => e.Format == "swe-agent").ToList();
        told.Count.ShouldBe(hashes.Count);
        told.Sum(e => e.Turns.Count(t => t.Role == TurnRole.Assistant)).ShouldBe(steps + assistants);
        told.ShouldAllBe(e => e.Turns.Any(t => t.IsRequest));
        told.ShouldAllBe(e => e.Outcome.Kind == OutcomeKind.Unknown);
        told.Aggregate(Usage.Zero, (sum, e) => sum + e.Usage).ShouldBe(new Usage(sent, 0, 0, received));
        read.Episodes.Count(e => e.Format == "mini-swe-agent").ShouldBe(2);
        read.Report.Quarantined.ShouldBe(0);
    }

    [Test]
    public void of_mini_swe_agent_the_commands_of_the_lists_of_messages()
    {
        var folder = SharedFiles.Path("logs/agents/mini-swe");
        using var read = Collected.From(folder);
        read.Episodes.Select(e => e.TaskId).ShouldBe(["mini-swe-agent/github_issue", "mini-swe-agent/local"]);
        foreach (var episode in read.Episodes)
        {
            var file = Path.Combine(folder, episode.TaskId.Split('/')[1] + ".traj.json");
            using var document = JsonDocument.Parse(File.ReadAllText(file));
            var messages = document.RootElement.EnumerateArray().ToList();
            episode.Turns.Count.ShouldBe(messages.Count);
            var answers = messages.Where(m => m.GetProperty("role").GetString() == "assistant").ToList();
            episode
                .Turns.Count(t => t.ToolCalls.Count == 1)
                .ShouldBe(
                    answers.Count(m => m.GetProperty("content").GetString()!.Contains("```mswea_bash_command\n"))
                );
            episode.Turns.Count(t => t.Role == TurnRole.Tool).ShouldBeGreaterThan(1);
        }

        read.Report.Quarantined.ShouldBe(0);
    }

    [Test]
    public void of_inspect_every_sample_of_the_logs_and_archives()
    {
        var folder = SharedFiles.Path("logs/inspect-ai");
        var samples = new Dictionary<string, (int Messages, bool? Correct)>(StringComparer.Ordinal);
        var records = 0;
        foreach (var file in Directory.EnumerateFiles(folder, "*.json", SearchOption.AllDirectories))
        {
            using var document = JsonDocument.Parse(File.ReadAllText(file));
            if (document.RootElement.TryGetProperty("samples", out var list))
            {
                list.EnumerateArray().ToList().ForEach(s => Add(document.RootElement, s));
            }
        }

        foreach (var file in Directory.EnumerateFiles(folder, "*.eval", SearchOption.AllDirectories))
        {
            using var zip = ZipFile.OpenRead(file);
            using var header = JsonDocument.Parse(zip.GetEntry("header.json")!.Open());
            foreach (var entry in zip.Entries.Where(e => e.FullName.StartsWith("samples/")))
            {
                using var sample = JsonDocument.Parse(entry.Open());
                Add(header.RootElement, sample.RootElement);
            }
        }

        void Add(JsonElement log, JsonElement sample)
        {
            records++;
            var eval = log.GetProperty("eval");
            var run = eval.TryGetProperty("eval_id", out var id) ? id : eval.GetProperty("run_id");
            var own = sample.TryGetProperty("uuid", out var uuid) ? uuid : run;
            bool? correct =
                sample.TryGetProperty("scores", out var scores) && scores.EnumerateObject().Any()
                    ? scores.EnumerateObject().All(s => s.Value.GetProperty("value").ToString() == "C")
                    : null;
            samples[$"{eval.GetProperty("task")}/{sample.GetProperty("id")}/{sample.GetProperty("epoch")}/{own}"] = (
                sample.GetProperty("messages").GetArrayLength(),
                correct
            );
        }

        samples.Count.ShouldBeGreaterThan(30);
        using var read = Collected.From(folder);

        read.Episodes.Select(e => e.Key).ShouldBe(samples.Keys, ignoreOrder: true);
        read.Report.Stored.ShouldBeLessThan(records, "a log and its copy");
        (read.Report.Stored + read.Report.Duplicates).ShouldBe(records);
        read.Episodes.Count(e => e.Outcome.Kind == OutcomeKind.Succeeded)
            .ShouldBe(samples.Values.Count(s => s.Correct == true));
        read.Episodes.Count(e => e.Outcome.Kind == OutcomeKind.Failed)
            .ShouldBe(samples.Values.Count(s => s.Correct == false));
        read.Episodes.Sum(e => e.Turns.Count).ShouldBe(samples.Values.Sum(s => s.Messages));
        read.Episodes.ShouldAllBe(e => e.Turns.All(t => !t.Text.Contains("attachment://")));
        read.Report.Quarantined.ShouldBe(0);
    }
}
