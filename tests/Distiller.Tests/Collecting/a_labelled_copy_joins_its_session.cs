using Distiller.Lake;

namespace Distiller.Tests.Collecting;

internal sealed class a_labelled_copy_joins_its_session
{
    [TestCase("sessions", "labelled")]
    [TestCase("labelled", "sessions")]
    public void D02_whichever_came_first(string first, string second)
    {
        using var folder = new TemporaryFolder();
        using var workspace = Workspace.Open(folder["home"]);
        var logs = SharedFiles.Path("cases/D02-labelled-copy");

        Logs.Collect(workspace, Path.Combine(logs, first));
        Logs.Collect(workspace, Path.Combine(logs, second));
        var again = Logs.Collect(workspace, Path.Combine(logs, first), Path.Combine(logs, second));

        var counts = workspace.Episodes.Count();
        (counts.Episodes, counts.Succeeded).ShouldBe((5, 5));
        counts.Usage.ShouldBe(new Usage(15, 30, 45, 60));
        again.Stored.ShouldBe(0);
    }

    [Test]
    public void D02_both_in_one_collection()
    {
        using var folder = new TemporaryFolder();
        using var workspace = Workspace.Open(folder["home"]);

        Logs.Collect(workspace, SharedFiles.Path("cases/D02-labelled-copy"));

        var counts = workspace.Episodes.Count();
        (counts.Episodes, counts.Succeeded).ShouldBe((5, 5));
        counts.Usage.ShouldBe(new Usage(15, 30, 45, 60));
    }

    [Test]
    public void a_session_that_grows_keeps_the_outcome_that_was_told_of_it()
    {
        using var folder = new TemporaryFolder();
        using var workspace = Workspace.Open(folder["home"]);
        string[] lines =
        [
            Logs.User("s", "u1", "go"),
            Logs.Assistant("s", "u2", "m1", "gone", 3),
            Logs.User("s", "u3", "more"),
        ];
        var copy = """
            {"key":"s","agent":"claude-code","taskId":"claude-code/s","turns":[{"role":"user","text":"go"}],"outcome":{"kind":"failed","judge":"mia"}}
            """;
        Logs.Collect(workspace, Logs.Write(folder, "short.jsonl", lines[..2]));
        Logs.Collect(workspace, Logs.Write(folder, "copy.jsonl", copy));
        Logs.Collect(workspace, Logs.Write(folder, "long.jsonl", lines));

        var episode = workspace.Episodes.Read().Single();
        (episode.Turns.Count, episode.Outcome.Kind, episode.Outcome.Judge).ShouldBe((3, OutcomeKind.Failed, "mia"));
    }
}
