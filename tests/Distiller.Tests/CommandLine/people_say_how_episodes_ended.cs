using System.Text.Json.Nodes;
using Distiller.Mining.Labelling;

namespace Distiller.Tests.CommandLine;

[TestFixture]
internal sealed class people_say_how_episodes_ended
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void Collect()
    {
        _folder = new TemporaryFolder();
        var log = Collecting.Logs.Write(
            _folder,
            "logs/s.jsonl",
            Collecting.Logs.User("s", "u1", "rename the flag in every command"),
            Collecting.Logs.Assistant("s", "u2", "m1", "renamed", 3),
            Collecting.Logs.User("s", "u3", "write a changelog entry for release 2"),
            Collecting.Logs.Assistant("s", "u4", "m2", "written", 3)
        );
        Run("collect", log).ExitCode.ShouldBe(0);
    }

    [TearDown]
    public void Clear() => _folder.Dispose();

    private CommandResult Run(params string[] arguments) =>
        DistillerProcess.Run([.. arguments, "--home", _folder["home"]]);

    private JsonNode First() => Run("episodes", "list", "--json").Json["episodes"]![0]!;

    [Test]
    public void one_by_one_and_of_one_task_of_a_session()
    {
        var id = First()["id"]!.GetValue<string>();
        First()["outcome"]!["judge"]!.GetValue<string>().ShouldBe("user-moves-on");

        Run("episodes", "label", id[..12], "succeeded", "--note", "in use").ExitCode.ShouldBe(0);
        First()["outcome"]!.ToJsonString().ShouldBe("""{"kind":"succeeded","judge":"person","confidence":1}""");

        Run("episodes", "label", $"{id}#2", "failed").ExitCode.ShouldBe(0);
        var tasks = Run("episodes", "show", id, "--json").Json["tasks"]!.AsArray();
        tasks.Select(t => t!["outcome"]!["kind"]!.GetValue<string>()).ShouldBe(["succeeded", "failed"]);
        var failed = Run("episodes", "list", "--outcome", "failed", "--json").Json["episodes"]!.AsArray();
        failed.ShouldHaveSingleItem()!["id"]!.GetValue<string>().ShouldBe(id);

        Run("episodes", "label", id, "unknown").ExitCode.ShouldBe(0);
        Run("episodes", "label", $"{id}#2", "unknown").ExitCode.ShouldBe(0);
        new LabelBook(_folder["home"], TimeProvider.System).Current().ShouldBeNull();
    }

    [Test]
    public void by_a_file_whose_bad_lines_are_told_and_whose_good_ones_count()
    {
        var id = First()["id"]!.GetValue<string>();
        var file = Collecting.Logs.Write(
            _folder,
            "labels.csv",
            "id,outcome,note,tenant",
            $"{id}#1,succeeded,\"fine, \"\"really\"\"\",",
            $"{id}#7,failed,,",
            "ffffffffffff,failed,,",
            $"{id}#2,perhaps,,",
            $"{id},failed,,another",
            $"{id[..8]},failed,,",
            $"{id[..8]},succeeded,,"
        );

        var result = Run("episodes", "label", "--from", file, "--by", "mia");

        result.ExitCode.ShouldBe(3);
        foreach (
            var place in new[]
            {
                ":3: The session has no task #7",
                ":4: There is no episode",
                ":5: The outcome \"perhaps\"",
                ":6: The episode",
                ":8: The lines 7 and 8 say different outcomes",
            }
        )
        {
            result.Error.ShouldContain(file + place);
        }

        var label = new LabelBook(_folder["home"], TimeProvider.System).Current()!.Values.Single();
        (label.Key, label.By, label.Note).ShouldBe(("s#1", "mia", "fine, \"really\""));
        Run("labels", "check").Output.ShouldContain("1 of 2 tasks have an outcome that is known");
        Run("labels", "review").Output.ShouldContain("1 of 1 tasks");
    }

    [Test]
    public void by_json_lines()
    {
        var file = Collecting.Logs.Write(_folder, "none.jsonl", """{"id":"ffffffff","outcome":"failed"}""", "{broken");
        var result = Run("episodes", "label", "--from", file);
        result.ExitCode.ShouldBe(3);
        result.Error.ShouldContain(":1: There is no episode");
        result.Error.ShouldContain(":2: The line names no id");
    }

    [Test]
    public void neither_one_nor_a_file_is_refused()
    {
        Run("episodes", "label").Error.ShouldContain("Give an id and succeeded or failed, or --from FILE.");
    }
}
