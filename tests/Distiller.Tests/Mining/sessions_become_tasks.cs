using Distiller.Mining.Outcomes;
using Distiller.Mining.Tasks;

namespace Distiller.Tests.Mining;

[TestFixture]
internal sealed class sessions_become_tasks
{
    private static readonly TaskCutter Cutter = new(OutcomeRules.Default);

    private static Turn Asks(string text) => new(TurnRole.User, text);

    private static Turn Says(string text, string? request = null) =>
        new(TurnRole.Assistant, text) { RequestId = request };

    private static Turn Notice(string text) => new(TurnRole.User, text) { Origin = TurnOrigin.Harness };

    private static Episode Session(params Turn[] turns) =>
        EpisodeJson.Identify(
            Logged.Of("agent/s", "s", OutcomeKind.Unknown, null, turns) with
            {
                Session = new Session("s") { Project = "/home/mia/code/shop" },
            }
        );

    private static string[] Requests(Episode session) =>
        [.. Cutter.Cut(session).Select(t => t.Turns.First(u => u.IsRequest).Text)];

    [Test]
    public void a_task_begins_with_each_request_and_keeps_what_followed()
    {
        var session = Session(
            Asks("rename the flag in every command"),
            Says("renamed"),
            Asks("write a changelog entry for release 2"),
            Says("written")
        );

        var tasks = Cutter.Cut(session);

        tasks.Select(t => t.Key).ShouldBe(["s#1", "s#2"]);
        tasks.Select(t => t.TaskId).ShouldBe(["agent/s#1", "agent/s#2"]);
        tasks.Select(t => t.Id.Value).ShouldBe([$"{session.Id}#1", $"{session.Id}#2"]);
        tasks.ShouldAllBe(t => t.Id.Collected == session.Id && t.Turns.Count == 2);
    }

    [TestCase("no, the other file")]
    [TestCase("that's not what I meant")]
    [TestCase("yes please")]
    [TestCase("thanks, works now")]
    [TestCase("commit and push")]
    [TestCase("also do it for the second one")]
    [TestCase("try again")]
    public void a_message_that_speaks_of_the_work_belongs_to_it(string message)
    {
        Requests(Session(Asks("rename the flag in every command"), Says("renamed"), Asks(message), Says("done")))
            .ShouldBe(["rename the flag in every command"]);
    }

    [Test]
    public void an_answer_to_the_agents_question_belongs_to_its_task()
    {
        Requests(Session(Asks("deploy the site"), Says("Which region?"), Asks("eu-west-1"), Says("deployed")))
            .ShouldBe(["deploy the site"]);
    }

    [Test]
    public void what_follows_an_interruption_belongs_to_the_task_that_was_stopped()
    {
        Requests(
                Session(
                    Asks("deploy the site"),
                    Says("deploying"),
                    Notice("[Request interrupted by user]"),
                    Asks("use staging first"),
                    Says("done")
                )
            )
            .ShouldBe(["deploy the site"]);
    }

    [Test]
    public void notices_open_no_task()
    {
        Requests(
                Session(
                    Notice("<command-name>/clear</command-name>"),
                    Asks("deploy the site"),
                    Says("done"),
                    Notice("x")
                )
            )
            .ShouldBe(["deploy the site"]);
    }

    [Test]
    public void requests_are_shared_out_and_none_is_lost_or_doubled()
    {
        var session = Session(
            Asks("rename the flag in every command"),
            Says("renamed", "r1"),
            Asks("write a changelog entry for release 2"),
            Says("written", "r3")
        ) with
        {
            Requests =
            [
                new ModelRequest("r1", new Usage(1, 0, 0, 1)),
                new ModelRequest("r2", new Usage(2, 0, 0, 2)),
                new ModelRequest("r3", new Usage(4, 0, 0, 4)),
            ],
            UnattributedUsage = new Usage(8, 0, 0, 8),
        };

        var tasks = Cutter.Cut(session);

        tasks.Select(t => t.Usage.Input).ShouldBe([11, 4]);
        tasks.Aggregate(Usage.Zero, (sum, t) => sum + t.Usage).ShouldBe(session.Usage);
    }

    [Test]
    public void an_attempt_that_is_no_session_stays_as_it_is()
    {
        var trial = Logged.Of(
            "t",
            "k",
            OutcomeKind.Failed,
            null,
            Asks("/home/mia/code/shop/a"),
            Says("x"),
            Asks("do b")
        );

        Cutter.Cut(trial).Single().ShouldBeSameAs(trial);
    }

    [TestCase("see /home/mia/code/shop/src/a.go:3", "see src/a.go:3")]
    [TestCase("cd /home/mia/code/shop && ls", "cd . && ls")]
    [TestCase("/home/mia/code/shop-old/a", "~/code/shop-old/a")]
    [TestCase("/Users/lena/notes.md", "~/notes.md")]
    [TestCase("docs/home/mia/x", "docs/home/mia/x")]
    [TestCase("/var/log/syslog", "/var/log/syslog")]
    public void paths_are_seen_from_the_project(string text, string seen)
    {
        var call = new ToolCall("c", "Read", $$"""{"file_path":"{{text}}"}""");
        var task = Cutter.Cut(Session(Asks("go"), Says("") with { ToolCalls = [call] }, Says(text))).Single();

        task.Turns[2].Text.ShouldBe(seen);
        task.Turns[1].ToolCalls[0].ArgumentsJson.ShouldBe($$"""{"file_path":"{{seen}}"}""");
        task.Session!.Project.ShouldBe("~/code/shop");
    }

    [TestCase("3f9a1c", null)]
    [TestCase("3f9a1c#2", 2)]
    [TestCase("3f9a1c#", 0)]
    [TestCase("3f9a1c#two", 0)]
    public void a_task_is_known_by_its_number(string id, int? number) => new EpisodeId(id).TaskNumber.ShouldBe(number);
}
