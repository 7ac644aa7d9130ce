using System.Text.Json;
using System.Text.Json.Nodes;

namespace Distiller.Tests.Collecting;

/// <summary>Golden logs with something wrong in them: nothing that a file holds may stop the collection.</summary>
internal sealed class a_hostile_document_costs_only_itself
{
    private const string Placeholder = "@hostile@";

    private static readonly string Golden = Path.Combine(
        Repository.Root,
        "tests",
        "Distiller.Tests",
        "Collecting",
        "golden",
        "logs"
    );

    /// <summary>What takes the place of each value in turn, and of all those in it.</summary>
    private static readonly string[] Hostile =
    [
        "null",
        "true",
        "-1",
        "1e400",
        "\"\"",
        "\"\\ud800\"",
        "[]",
        "[[null,1,\"\\udc00\"]]",
        "{}",
        "{\"\\ud800\":{\"role\":7},\"a\":1,\"a\":2}",
    ];

    private static readonly string[] Documents =
    [
        "tau2.json",
        "trajectory.json",
        "chat.jsonl",
        "sharegpt.json",
        "made-up__repo-1.traj",
        "made-up__repo-2.traj.json",
        "inspect.json",
        "agent-run.json",
        "spans.jsonl",
        "langfuse.jsonl",
        "run-results.json",
    ];

    [TestCaseSource(nameof(Documents))]
    public void whatever_stands_in_a_members_place(string name)
    {
        using var folder = new TemporaryFolder();
        var good = Whole(name);
        var places = Places(good).ToList();
        places.Count.ShouldBeGreaterThan(8);
        var count = 0;
        foreach (var place in places)
        {
            foreach (var value in Hostile)
            {
                var text = place.Replace($"\"{Placeholder}\"", value);
                File.WriteAllText(folder[$"{count++:D5}{Path.GetExtension(name)}"], text);
            }
        }

        using var read = Collected.From(folder.Path);

        read.Report.Records.ShouldBeGreaterThanOrEqualTo(count);
        read.Report.Stored.ShouldBeGreaterThan(0);
        read.Report.Quarantined.ShouldBeGreaterThan(0);
        read.Quarantined.ShouldAllBe(q => q.Remedy.Length > 0);
        read.Episodes.ShouldAllBe(e => e.Usage.Total >= 0);
    }

    [TestCaseSource(nameof(Documents))]
    public void whatever_follows_a_record(string name)
    {
        using var folder = new TemporaryFolder();
        var good = JsonNode.Parse(Whole(name))!.ToJsonString();
        string[] lines = [good, "{}", "{\"data\":7}", "{\"results\":null}", "[]", "7", "{"];
        File.WriteAllText(folder["lines.jsonl"], string.Join('\n', lines));
        File.WriteAllText(folder["array.json"], $"[{string.Join(',', lines[..^1])}]");
        using var read = Collected.From(folder.Path);
        read.Report.Quarantined.ShouldBeGreaterThan(0);
    }

    [TestCaseSource(nameof(Documents))]
    public void wherever_it_is_cut_off(string name)
    {
        using var folder = new TemporaryFolder();
        var whole = File.ReadAllText(Path.Combine(Golden, name)).TrimEnd();
        var step = Math.Max(1, whole.Length / 60);
        for (var length = 1; length < whole.Length; length += step)
        {
            var file = folder[$"{length:D5}.json"];
            File.WriteAllText(file, whole[..length]);
            // Nobody writes to it any more.
            File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddDays(-3));
        }

        using var read = Collected.From(folder.Path);

        read.Report.Quarantined.ShouldBeGreaterThan(20);
    }

    [TestCase("tau2.json", "\"prompt_tokens\": 210", "\"prompt_tokens\": \"many\"", 1, 1)]
    [TestCase("tau2.json", "\"reward\": 1.0", "\"reward\": \"good\"", 1, 1)]
    [TestCase("tau2.json", "\"task_id\": \"7\", \"trial\": 0", "\"trial\": 0", 1, 1)]
    [TestCase("tau2.json", "\"content\": \"Done.\"", "\"content\": {\"a\":1}", 2, 0)]
    [TestCase("tau2.json", "{ \"item\": \"lamp\" }", "\"no object\"", 2, 0)]
    [TestCase("trajectory.json", "\"prompt_tokens\": 90", "\"prompt_tokens\": -90", 0, 1)]
    [TestCase("trajectory.json", "\"steps\"", "\"stages\"", 0, 1)]
    [TestCase("trajectory.json", "\"Count the files.\"", "\"\\ud83d half\"", 1, 0)]
    [TestCase("trajectory.json", "{ \"command\": \"ls | wc -l\" }", "[1]", 1, 0)]
    [TestCase("chat.jsonl", "\"prompt_tokens\":9", "\"prompt_tokens\":9.5", 2, 1)]
    [TestCase("chat.jsonl", "\"Hi.\"", "null", 3, 0)]
    [TestCase("sharegpt.json", "\"Rain.\"", "[7]", 1, 0)]
    [TestCase("made-up__repo-1.traj", "\"tokens_sent\": 300", "\"tokens_sent\": true", 0, 1)]
    [TestCase("made-up__repo-1.traj", "\"observation\": \"a.py\"", "\"observation\": 7", 1, 0)]
    [TestCase("made-up__repo-2.traj.json", "\"completion_tokens\": 9", "\"completion_tokens\": []", 0, 1)]
    [TestCase("made-up__repo-2.traj.json", "\"Mend b.py.\"", "\"\\udc00\"", 1, 0)]
    [TestCase("inspect.json", "\"input_tokens\": 30", "\"input_tokens\": \"30\"", 1, 1)]
    [TestCase("inspect.json", "\"What is 2+2?\"", "7", 2, 0)]
    [TestCase("agent-run.json", "\"responseTokens\": 12", "\"responseTokens\": 1e30", 0, 1)]
    [TestCase("agent-run.json", "\"L1: # Task\"", "{\"lines\":1}", 1, 0)]
    [TestCase("spans.jsonl", "{\"intValue\":\"80\"}", "{\"intValue\":\"-80\"}", 1, 1)]
    [TestCase("spans.jsonl", "{\"stringValue\":\"noon\"}", "{\"stringValue\":7}", 2, 0)]
    [TestCase("langfuse.jsonl", "\"input\":10", "\"input\":\"ten\"", 0, 1)]
    [TestCase("langfuse.jsonl", "\"Hi.\"", "\"\\ud800\"", 1, 0)]
    public void a_wrong_number_is_refused_and_a_wrong_text_costs_the_text(
        string name,
        string good,
        string bad,
        int stored,
        int quarantined
    )
    {
        using var folder = new TemporaryFolder();
        var text = File.ReadAllText(Path.Combine(Golden, name));
        text.ShouldContain(good);
        File.WriteAllText(folder[name], text.Replace(good, bad));
        File.Copy(Path.Combine(Golden, name), folder["good-" + name]);
        using var whole = Collected.From(folder["good-" + name]);

        using var read = Collected.From(folder[name]);

        (read.Report.Stored, read.Report.Quarantined).ShouldBe((stored, quarantined));
        if (quarantined == 0)
        {
            read.Report.Usage.ShouldBe(whole.Report.Usage, "what was billed does not depend on the texts");
            read.Report.Turns.ShouldBe(whole.Report.Turns);
        }
    }

    /// <summary>As one line, or the first line of several.</summary>
    private static string Whole(string name)
    {
        var text = File.ReadAllText(Path.Combine(Golden, name));
        return name.EndsWith(".jsonl", StringComparison.Ordinal) ? text.Split('\n')[^2] : text;
    }

    /// <summary>The document as often as it has values, each time with another one marked.</summary>
    private static IEnumerable<string> Places(string json)
    {
        var count = Nodes(JsonNode.Parse(json)!).Count;
        for (var i = 1; i < count; i++)
        {
            var root = JsonNode.Parse(json)!;
            Nodes(root)[i].ReplaceWith(Placeholder);
            yield return root.ToJsonString(new JsonSerializerOptions { WriteIndented = i % 2 == 0 });
        }
    }

    private static List<JsonNode> Nodes(JsonNode root)
    {
        var nodes = new List<JsonNode> { root };
        for (var i = 0; i < nodes.Count; i++)
        {
            nodes.AddRange(
                nodes[i] switch
                {
                    JsonObject o => o.Select(m => m.Value).OfType<JsonNode>(),
                    JsonArray a => a.OfType<JsonNode>(),
                    _ => [],
                }
            );
        }

        return nodes;
    }
}
