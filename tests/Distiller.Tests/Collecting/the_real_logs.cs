using System.Diagnostics;
using System.Text.Json;
using Distiller.Lake;
using Distiller.Logs;

namespace Distiller.Tests.Collecting;

/// <summary>All logs beside the repository, collected once; the numbers are checked against counts made without the collector.</summary>
internal sealed class the_real_logs
{
    private TemporaryFolder _folder = null!;
    private Workspace _workspace = null!;
    private string _logs = "";
    private CollectReport _report = null!;
    private List<Episode> _episodes = [];

    [OneTimeSetUp]
    public void CollectOnce()
    {
        _logs = SharedFiles.Path("logs");
        _folder = new TemporaryFolder();
        _workspace = Workspace.Open(_folder["home"]);
        var clock = Stopwatch.StartNew();
        _report = Logs.Collect(_workspace, _logs);
        clock.Stop();
        _episodes = [.. _workspace.Episodes.Read()];
        Show(clock.Elapsed);
    }

    [OneTimeTearDown]
    public void Close()
    {
        _workspace?.Dispose();
        _folder?.Dispose();
    }

    [Test]
    public void every_message_id_is_one_request_with_its_largest_usage()
    {
        var expected = new Dictionary<string, long[]>(StringComparer.Ordinal);
        foreach (var file in Directory.EnumerateFiles(_logs, "*.jsonl", SearchOption.AllDirectories))
        {
            foreach (var line in File.ReadLines(file))
            {
                Tell(line, expected);
            }
        }

        expected.Count.ShouldBeGreaterThan(800);
        var told = _report.Formats["claude-code"];
        told.Requests.ShouldBe(expected.Count);
        told.Usage.ShouldBe(
            new UsageReport(
                expected.Values.Sum(u => u[0]),
                expected.Values.Sum(u => u[1]),
                expected.Values.Sum(u => u[2]),
                expected.Values.Sum(u => u[3])
            )
        );

        var read = _episodes.Where(e => e.Format == "claude-code").SelectMany(e => e.Requests).ToList();
        read.Select(r => r.Id).ShouldBeUnique();
        read.Count.ShouldBe(expected.Count);
        read.Sum(r => r.Usage.Output).ShouldBe(told.Usage.Output);
    }

    [Test]
    public void the_labels_are_those_of_the_sources()
    {
        var tau = _episodes.Where(e => e.Format == "tau-bench").ToList();
        tau.Count.ShouldBe(200);
        tau.Count(e => e.Outcome.Kind == OutcomeKind.Succeeded).ShouldBe(84);
        tau.Select(e => e.TaskId).Distinct().Count().ShouldBe(50);
        tau.ShouldAllBe(e => e.Turns[0].Role == TurnRole.System && e.TaskId.StartsWith("tau-bench/airline/"));
        tau.Sum(e => e.Turns.Count(t => t.Role == TurnRole.Tool)).ShouldBe(1164);
        tau.Sum(e => e.Turns.Sum(t => t.ToolCalls.Count)).ShouldBe(1164);

        var terminal = _report.Formats["terminal-bench"];
        var trials = Trials();
        trials.Count.ShouldBeGreaterThan(3543);
        terminal.Records.ShouldBe(trials.Count);
        terminal.Quarantined.ShouldBe(0);
        terminal.Episodes.ShouldBe(trials.Distinct().LongCount());
    }

    [Test]
    public void collected_again_everything_is_a_duplicate()
    {
        var snapshot = _workspace.Episodes.SnapshotId();
        var refused = _workspace.Quarantine.Count();

        var again = Logs.Collect(_workspace, _logs);

        again.Stored.ShouldBe(0);
        again.Records.ShouldBe(_report.Records);
        again.Quarantined.ShouldBe(_report.Quarantined);
        (again.Episodes, again.Turns, again.Requests).ShouldBe((0, 0, 0));
        again.Usage.ShouldBe(new UsageReport(0, 0, 0, 0));
        _workspace.Episodes.SnapshotId().ShouldBe(snapshot);
        _workspace.Quarantine.Count().ShouldBe(refused);
    }

    [Test]
    public void counts_by_query_and_by_reading_agree()
    {
        var counts = _workspace.Episodes.Count();
        counts.Episodes.ShouldBe(_episodes.Count);
        counts.Turns.ShouldBe(_episodes.Sum(e => e.Turns.Count));
        counts.Requests.ShouldBe(_episodes.Sum(e => e.Requests.Count));
        counts.Usage.ShouldBe(_episodes.Aggregate(Usage.Zero, (sum, e) => sum + e.Usage));
        _episodes.Select(e => e.Id).ShouldBeInOrder();
        _episodes.Select(e => e.Id).ShouldBeUnique();
    }

    [Test]
    public void no_address_is_left_in_the_text()
    {
        foreach (var episode in _episodes)
        {
            var json = EpisodeJson.TurnsToJson(episode.Turns);
            json.ShouldNotContain("@example.com");
            json.ShouldNotContain("@gmail.com");
        }
    }

    private static void Tell(string line, Dictionary<string, long[]> expected)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(line);
        }
        catch (JsonException)
        {
            return;
        }

        using (document)
        {
            var root = document.RootElement;
            if (
                root.ValueKind != JsonValueKind.Object
                || !root.TryGetProperty("message", out var message)
                || message.ValueKind != JsonValueKind.Object
                || !message.TryGetProperty("id", out var id)
                || (message.TryGetProperty("model", out var model) && model.ValueEquals("<synthetic>"))
            )
            {
                return;
            }

            if (!expected.TryGetValue(id.GetString()!, out var largest))
            {
                expected[id.GetString()!] = largest = new long[4];
            }

            string[] names =
            [
                "input_tokens",
                "cache_read_input_tokens",
                "cache_creation_input_tokens",
                "output_tokens",
            ];
            for (var i = 0; i < names.Length; i++)
            {
                if (message.TryGetProperty("usage", out var usage) && usage.TryGetProperty(names[i], out var n))
                {
                    largest[i] = Math.Max(largest[i], n.GetInt64());
                }
            }
        }
    }

    /// <summary>The ids of all trials: of the lines, of the documents of a trial, and of those in a run's.</summary>
    private List<string> Trials()
    {
        var documents = Directory.GetFiles(Path.Combine(_logs, "agents", "terminal-bench"), "*.json");
        documents.Length.ShouldBeGreaterThan(10);
        var texts = File.ReadLines(Path.Combine(_logs, "terminal-bench", "trials.jsonl"))
            .Concat(documents.Select(File.ReadAllText));
        return
        [
            .. texts.SelectMany(text =>
            {
                using var document = JsonDocument.Parse(text);
                var root = document.RootElement;
                return (
                    root.TryGetProperty("results", out var results) ? [.. results.EnumerateArray()] : new[] { root }
                )
                    .Select(o => (o.TryGetProperty("id", out var id) ? id : o.GetProperty("uuid")).GetString()!)
                    .ToList();
            }),
        ];
    }

    private void Show(TimeSpan time)
    {
        var output = TestContext.Progress;
        output.WriteLine(
            "format           records  stored  duplicates  quarantined  episodes  turns  requests  input  cacheRead  cacheWrite  output"
        );
        foreach (var (name, f) in _report.Formats)
        {
            output.WriteLine(
                $"{name, -15} {f.Records, 8} {f.Stored, 7} {f.Duplicates, 11} {f.Quarantined, 12} {f.Episodes, 9} {f.Turns, 6} {f.Requests, 9} "
                    + $"{f.Usage.Input} {f.Usage.CacheRead} {f.Usage.CacheWrite} {f.Usage.Output}"
            );
        }

        using var me = Process.GetCurrentProcess();
        output.WriteLine($"{time.TotalSeconds:F2} s, peak {me.PeakWorkingSet64 >> 20} MiB");
        foreach (
            var q in _workspace.Quarantine.List().GroupBy(q => (q.Format, q.Reason)).OrderByDescending(g => g.Count())
        )
        {
            output.WriteLine($"  {q.Count()} x {q.Key.Format}: {q.Key.Reason} e.g. {q.First().Place}");
        }
    }
}
