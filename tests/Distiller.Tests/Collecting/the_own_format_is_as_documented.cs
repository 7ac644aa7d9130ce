using System.Text.Json;
using System.Text.Json.Nodes;
using Distiller.Lake;
using Json.Schema;

namespace Distiller.Tests.Collecting;

internal sealed class the_own_format_is_as_documented
{
    private static readonly string Data = Path.Combine(Repository.Root, "data");

    private static readonly JsonNode Schema = JsonNode.Parse(
        File.ReadAllText(Path.Combine(Data, "episode.schema.json"))
    )!;

    private static readonly JsonSchema Rules = JsonSchema.FromText(Schema.ToJsonString());

    [Test]
    public void the_sample_is_read_whole()
    {
        using var folder = new TemporaryFolder();
        using var workspace = Workspace.Open(folder["home"]);
        var report = Logs.Collect(workspace, Path.Combine(Data, "samples"));
        (report.Stored, report.Duplicates, report.Quarantined).ShouldBe((4, 0, 0));
        report.Formats.Keys.ShouldBe(["episode"]);
        report.Requests.ShouldBe(10);
        workspace.Episodes.Count().Succeeded.ShouldBe(3);
        workspace.Episodes.Count().Failed.ShouldBe(1);
        workspace.Episodes.Read().Select(e => e.TaskId).Distinct().Count().ShouldBe(3);
    }

    [Test]
    public void what_is_stored_can_be_collected_again_as_the_same_episodes()
    {
        using var folder = new TemporaryFolder();
        using var first = Workspace.Open(folder["first"]);
        Logs.Collect(first, Path.Combine(Data, "samples"));
        var lines = first.Episodes.Read().Select(e => JsonSerializer.Serialize(e, EpisodeJson.Options)).ToArray();
        using var second = Workspace.Open(folder["second"]);
        Logs.Collect(second, Logs.Write(folder, "again", lines)).Stored.ShouldBe(4);
        second.Episodes.SnapshotId().ShouldBe(first.Episodes.SnapshotId());
    }

    [Test]
    public void the_schema_names_every_field_and_no_other()
    {
        var call = new ToolCall("c", "n", "{}");
        var turn = new Turn(TurnRole.Tool, "x")
        {
            ToolCalls = [call],
            ToolCallId = "c",
            RequestId = "r",
            Time = DateTimeOffset.UnixEpoch,
            Origin = TurnOrigin.Harness,
        };
        var session = new Session("s")
        {
            Parent = "p",
            Project = "/home/me/work",
            Repository = "https://example.org/work.git",
            Branch = "main",
        };
        var request = new ModelRequest("r", new Usage(1, 2, 3, 4), "m");
        var episode = Storing.Sample.Episode("k") with { Turns = [turn], Requests = [request], Session = session };
        var json = JsonSerializer.SerializeToNode(episode, EpisodeJson.Options)!;
        Names(json).ShouldBe(Names(Schema["properties"]!));
        Names(json["turns"]![0]!).ShouldBe(Names(Schema["$defs"]!["turn"]!["properties"]!));
        Names(json["turns"]![0]!["toolCalls"]![0]!).ShouldBe(Names(Schema["$defs"]!["toolCall"]!["properties"]!));
        Names(json["requests"]![0]!).ShouldBe(Names(Schema["$defs"]!["request"]!["properties"]!));
        Names(json["session"]!).ShouldBe(Names(Schema["$defs"]!["session"]!["properties"]!));
        Names(json["outcome"]!).ShouldBe(Names(Schema["$defs"]!["outcome"]!["properties"]!));
        Names(json["usage"]!).ShouldBe(Names(Schema["$defs"]!["usage"]!["properties"]!));
    }

    [Test]
    public void a_line_without_a_required_field_is_refused_and_one_without_the_others_is_not()
    {
        using var folder = new TemporaryFolder();
        using var workspace = Workspace.Open(folder["home"]);
        var lines = new List<string> { Logs.Own("whole") };
        foreach (var name in Schema["required"]!.AsArray().Select(n => n!.GetValue<string>()))
        {
            var o = JsonNode.Parse(Logs.Own("without " + name))!.AsObject();
            o.Remove(name).ShouldBeTrue();
            lines.Add(o.ToJsonString());
        }

        var report = Logs.Collect(workspace, Logs.Write(folder, "log", [.. lines]));

        (report.Stored, report.Quarantined).ShouldBe((1, lines.Count - 1));
    }

    [TestCase("\"role\":\"user\"", "\"role\":\"bystander\"")]
    [TestCase("\"text\":\"Hello\"", "\"text\":null")]
    [TestCase("\"kind\":\"succeeded\"", "\"kind\":1")]
    [TestCase("{\"role\"", "null,{\"role\"")]
    [TestCase(
        "\"agent\":\"a\"",
        "\"agent\":\"a\",\"unattributedUsage\":{\"input\":-1,\"cacheRead\":0,\"cacheWrite\":0,\"output\":0}"
    )]
    [TestCase("\"agent\":\"a\"", "\"agent\":\"a\",\"events\":{\"x\":-1}")]
    [TestCase(
        "\"text\":\"Hello\"",
        "\"text\":\"\",\"toolCalls\":[{\"id\":\"1\",\"name\":\"n\",\"argumentsJson\":\"[1]\"}]"
    )]
    [TestCase("\"text\":\"Hello\"", "\"text\":\"\",\"toolCalls\":[null]")]
    [TestCase("\"agent\":\"a\"", "\"agent\":\"a\",\"agent\":\"b\",\"startedAt\":\"yesterday\"")]
    public void a_line_with_a_wrong_value_is_refused(string good, string bad)
    {
        using var folder = new TemporaryFolder();
        using var workspace = Workspace.Open(folder["home"]);
        var line = Logs.Own("k").Replace(good, bad);
        line.ShouldContain(bad);
        var report = Logs.Collect(workspace, Logs.Write(folder, "log", Logs.Own("good"), line));
        (report.Stored, report.Quarantined).ShouldBe((1, 1));
        IsAsDocumented(Logs.Own("good")).ShouldBeTrue();
        // That a text holds a JSON object is told in words: a schema cannot ask for it.
        IsAsDocumented(line).ShouldBe(bad.Contains("argumentsJson"));
    }

    [Test]
    public void the_sample_is_as_the_schema_says() =>
        Directory
            .GetFiles(Path.Combine(Data, "samples"), "*.jsonl")
            .SelectMany(File.ReadLines)
            .Select(IsAsDocumented)
            .ToList()
            .ShouldBe([true, true, true, true]);

    private static bool IsAsDocumented(string line)
    {
        using var document = JsonDocument.Parse(line);
        return Rules.Evaluate(document.RootElement, new EvaluationOptions { RequireFormatValidation = true }).IsValid;
    }

    private static List<string> Names(JsonNode node) =>
        [.. node.AsObject().Select(m => m.Key).Order(StringComparer.Ordinal)];
}
