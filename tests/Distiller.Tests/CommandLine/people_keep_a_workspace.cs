using Distiller.Lake;
using Distiller.Mining.Patterns;
using Distiller.Mining.Reviewing;
using Distiller.Tests.Publishing;
using Distiller.Tests.Storing;

namespace Distiller.Tests.CommandLine;

internal sealed class people_keep_a_workspace
{
    private TemporaryFolder _folder = null!;

    private string Home => _folder["home"];

    [SetUp]
    public void Create() => _folder = new TemporaryFolder();

    [TearDown]
    public void Remove() => _folder.Dispose();

    [Test]
    public void episodes_are_listed_counted_by_day_and_read()
    {
        SampleLogs.Write(_folder["log.jsonl"]);
        Run("collect", _folder["log.jsonl"]).ExitCode.ShouldBe(0);
        var page = Run("episodes", "list", "TASK-1", "--outcome", "failed", "--take", "2", "--json").Json;
        page["total"]!.GetValue<long>().ShouldBe(3);
        page["episodes"]!.AsArray().Count.ShouldBe(2);
        var days = Run("episodes", "days", "--from", "2026-11-02", "--json").Json.AsArray();
        days.Select(d => d!["day"]!.GetValue<string>()).ShouldBe(["2026-11-02", "2026-11-03"]);
        var id = page["episodes"]![0]!["id"]!.GetValue<string>();
        var shown = Run("episodes", "show", id[..10]);
        shown.Output.ShouldContain("I give up.");
        shown.Output.ShouldContain("input 900");
        Refuses(Run("episodes", "show", "000000000000"), "episodes list");
        Run("episodes", "list", "--from", "yesterday").ExitCode.ShouldBe(2);
    }

    [Test]
    public void an_episode_without_usage_is_shown_with_a_count_that_says_how_it_was_made()
    {
        using (var workspace = Workspace.Open(Home))
        using (var batch = workspace.Episodes.BeginBatch())
        {
            batch.Append(
                Sample.Episode("k") with
                {
                    Model = "claude-sonnet-4.5",
                    Requests = [],
                    UnattributedUsage = Usage.Zero,
                    Turns = [new Turn(TurnRole.User, new string('x', 330)), new Turn(TurnRole.Assistant, "done")],
                }
            );
            batch.Commit();
        }

        var id = Run("episodes", "list", "--json").Json["episodes"]![0]!["id"]!.GetValue<string>();
        Run("episodes", "show", id)
            .Output.ShouldContain("prompts 100, output 2 tokens (an estimate: 3.3 bytes a token");
        var json = Run("episodes", "show", id, "--json").Json;
        json["episode"]!["id"]!.GetValue<string>().ShouldBe(id);
        json["estimatedUsage"]!["promptTokens"]!.GetValue<long>().ShouldBe(100);
        json["estimatedUsage"]!["isEstimate"]!.GetValue<bool>().ShouldBeTrue();
    }

    [Test]
    public void hostile_text_of_a_log_does_not_drive_the_terminal()
    {
        using (var workspace = Workspace.Open(Home))
        using (var batch = workspace.Episodes.BeginBatch())
        {
            var episode = Sample.Episode("[red]k[/] \u001b[2J\u202e");
            batch.Append(episode with { Turns = [new Turn(TurnRole.User, "say \u001b]0;x\u0007 [bold]now[/]")] });
            batch.Commit();
        }

        var list = Run("episodes", "list");
        list.ExitCode.ShouldBe(0);
        list.Output.ShouldContain("[U+001B][2J[U+202E]");
        var id = Run("episodes", "list", "--json").Json["episodes"]![0]!["id"]!.GetValue<string>();
        var shown = Run("episodes", "show", id).Output;
        shown.ShouldContain("[U+001B]]0;x[U+0007] [bold]now[/]");
        shown.ShouldNotContain("\u001b]");
    }

    [Test]
    public void patterns_are_decided_on_while_a_night_holds_the_workspace()
    {
        string[] tools = ["look", "close"];
        var id = PatternIdentity.Of(tools);
        new PatternReviews(Home, TimeProvider.System).Decide(id, tools, "mail", PatternDecision.Accepted, "ada");
        using var night = Workspace.Open(Home);
        Run("patterns", "reject", id, "--by", "bob", "--note", "too hasty", "--json").Json["decision"]!
            .GetValue<string>()
            .ShouldBe("rejected");
        Run("patterns", "list", "--json").Json[0]!["decision"]!.GetValue<string>().ShouldBe("rejected");
        var shown = Run("patterns", "show", id[..6]).Output;
        shown.ShouldContain("accepted by ada");
        shown.ShouldContain("rejected by bob");
        Refuses(Run("quarantine", "retry"), "in use by process");
        Refuses(Run("gc"), "in use by process");
        Run("gc", "--dry-run").ExitCode.ShouldBe(0);

        File.WriteAllText(Path.Combine(Home, PatternReviews.FileName), "{");
        Refuses(Run("patterns", "list"), PatternReviews.FileName + ":1");
    }

    [Test]
    public void releases_are_promoted_and_rolled_back()
    {
        using var bench = new ReleaseBench();
        var (one, two) = (bench.Registry.Publish(bench.Draft("one")), bench.Registry.Publish(bench.Draft("two")));
        Refuses(Releases("rollback"), "promote");
        Releases("promote", one.Id[..8], "--by", "ada").ExitCode.ShouldBe(0);
        Releases("promote", "--json").Json["release"]!.GetValue<string>().ShouldBe(two.Id);
        Releases("show", "stable", "--json").Json["id"]!.GetValue<string>().ShouldBe(two.Id);
        Releases("rollback", "--by", "bob").Output.ShouldContain($"rolled back from {two.Id} by bob");
        Releases("channels", "--json").Json[0]!["release"]!.GetValue<string>().ShouldBe(one.Id);

        CommandResult Releases(string verb, params string[] more) =>
            DistillerProcess.Run(["releases", verb, .. more, "--registry", bench.Registry.Folder]);
    }

    [Test]
    public void old_raw_episodes_and_garbage_go_after_a_look()
    {
        var key = "";
        using (var workspace = Workspace.Open(Home))
        {
            using (var batch = workspace.Episodes.BeginBatch())
            {
                batch.Append(Sample.Episode("a"));
                batch.Commit();
            }

            for (var i = 0; i < 2; i++)
            {
                var draft = workspace.Artifacts.Begin("adapter", new ArtifactRecipe("s", "1", new { i }, 0, []));
                File.WriteAllText(draft["file"], "weights");
                var made = draft.Commit().Key;
                key = i == 0 ? made : key;
            }
        }

        var look = Run("retain", "--raw-days", "30", "--dry-run", "--json").Json;
        look["notDistilled"]!.GetValue<int>().ShouldBe(1);
        look["bytesAfter"].ShouldBeNull();
        Run("retain", "--raw-days", "30").Output.ShouldContain("no adapter was made with them");
        Run("retain", "--raw-days", "0").ExitCode.ShouldBe(2);
        Run("retain").ExitCode.ShouldBe(2);

        var plan = Run("gc", "--keep-nights", "1", "--dry-run", "--json").Json;
        plan["items"]!.AsArray().Single()!["path"]!.GetValue<string>().ShouldBe($"artifacts/adapter/{key}");
        Run("gc", "--keep-nights", "1", "--keep", $"adapter/{key}", "--json").Json["items"]!.AsArray().ShouldBeEmpty();
        Run("gc", "--keep-nights", "1").Output.ShouldContain("1 deleted");
        Directory.Exists(Path.Combine(Home, "artifacts", "adapter", key)).ShouldBeFalse();
        Run("gc", "--keep-nights", "0").ExitCode.ShouldBe(2);
    }

    [Test]
    public void what_could_not_be_read_is_retried()
    {
        var log = SampleLogs.Write(_folder["log.jsonl"], tasks: 1);
        var lines = File.ReadAllLines(log);
        File.WriteAllLines(log, [lines[0], lines[1][..50], lines[2]]);
        Run("collect", log).ExitCode.ShouldBe(3);
        File.WriteAllLines(log, lines);
        var report = Run("quarantine", "retry", log, "--json").Json;
        report["released"]!.GetValue<int>().ShouldBe(1);
        report["episodes"]!.GetValue<int>().ShouldBe(1);
        Run("quarantine", "--json").Json.AsArray().ShouldBeEmpty();
    }

    private CommandResult Run(params string[] arguments) => DistillerProcess.Run([.. arguments, "--home", Home]);

    private static void Refuses(CommandResult result, string words)
    {
        result.ExitCode.ShouldBe(3, result.ToString());
        result.Error.ShouldContain(words);
        result.Error.ShouldContain("remedy:");
    }
}
