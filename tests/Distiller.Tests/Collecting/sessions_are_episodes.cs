using Distiller.Lake;
using Distiller.Logs;

namespace Distiller.Tests.Collecting;

internal sealed class sessions_are_episodes
{
    private TemporaryFolder _folder = null!;
    private Workspace _workspace = null!;

    [SetUp]
    public void Open()
    {
        _folder = new TemporaryFolder();
        _workspace = Workspace.Open(_folder["home"]);
    }

    [TearDown]
    public void Close()
    {
        _workspace.Dispose();
        _folder.Dispose();
    }

    private static string[] Session(string name, int rounds) =>
        [
            .. Enumerable
                .Range(0, rounds)
                .SelectMany(i =>
                    new[]
                    {
                        Logs.User(name, $"{name}-u{i}", $"ask {i}"),
                        Logs.Assistant(name, $"{name}-a{i}", $"{name}-m{i}", $"answer {i}", i + 1),
                    }
                ),
        ];

    private Episode Single() => _workspace.Episodes.Read().Single();

    [Test]
    public void lines_of_one_request_are_one_turn_and_one_request_with_the_largest_output()
    {
        var log = Logs.Write(
            _folder,
            "log",
            Logs.User("s", "u1", "hi"),
            Logs.Assistant("s", "u2", "m1", "first", output: 1),
            Logs.Assistant("s", "u3", "m1", "second", output: 90),
            Logs.Assistant("s", "u4", "m1", "third", output: 2)
        );

        var report = Logs.Collect(_workspace, log);

        (report.Records, report.Stored, report.Turns, report.Requests).ShouldBe((4, 4, 2, 1));
        report.Usage.ShouldBe(new UsageReport(5, 11, 7, 90));
        Single().Turns[1].Text.ShouldBe("first\nsecond\nthird");
        Single().Turns[1].RequestId.ShouldBe("m1");
        Single().Requests.Single().Usage.ShouldBe(new Usage(5, 11, 7, 90));
        Single().StartedAt.ShouldBe(new DateTimeOffset(2026, 1, 1, 10, 0, 0, TimeSpan.Zero));
    }

    [Test]
    public void a_session_that_grew_replaces_its_shorter_record_and_counts_its_new_lines()
    {
        var short_ = Logs.Write(_folder, "short", Session("s", 3));
        var long_ = Logs.Write(_folder, "long", Session("s", 5));
        var first = Logs.Collect(_workspace, short_);
        var second = Logs.Collect(_workspace, long_);
        var third = Logs.Collect(_workspace, short_, long_);

        (first.Stored, first.Episodes, first.Turns, first.Requests).ShouldBe((6, 1, 6, 3));
        (second.Stored, second.Duplicates, second.Episodes, second.Turns, second.Requests).ShouldBe((4, 6, 0, 4, 2));
        (third.Stored, third.Duplicates, third.Episodes).ShouldBe((0, 16, 0));
        Single().Turns.Count.ShouldBe(10);
        Single().Usage.Output.ShouldBe(15);

        using var fresh = Workspace.Open(_folder["fresh"]);
        Logs.Collect(fresh, long_);
        fresh.Episodes.SnapshotId().ShouldBe(_workspace.Episodes.SnapshotId(), "grown or whole, the same episode");
    }

    [Test]
    public void two_checkpoints_that_overlap_are_joined()
    {
        var lines = Session("s", 6);
        var head = Logs.Write(_folder, "1", lines[..8]);
        var tail = Logs.Write(_folder, "2", lines[4..]);

        var report = Logs.Collect(_workspace, head, tail);

        (report.Records, report.Stored, report.Duplicates, report.Quarantined).ShouldBe((16, 12, 4, 0));
        (report.Episodes, report.Turns, report.Requests).ShouldBe((1, 12, 6));
        Single()
            .Turns.Select(t => t.Text)
            .ShouldBe(Enumerable.Range(0, 6).SelectMany(i => new[] { $"ask {i}", $"answer {i}" }));
        Logs.Collect(_workspace, head, tail).Stored.ShouldBe(0);
    }

    [Test]
    public void joined_parts_do_not_share_placeholders_by_accident()
    {
        var head = Logs.Write(_folder, "1", Logs.User("s", "u1", "write a@x.org"), Logs.User("s", "u2", "ok"));
        var tail = Logs.Write(_folder, "2", Logs.User("s", "u2", "ok"), Logs.User("s", "u3", "write b@x.org"));
        Logs.Collect(_workspace, head);
        Logs.Collect(_workspace, tail);
        Single().Turns.Select(t => t.Text).ShouldBe(["write [email-1]", "ok", "write [email-2]"]);
    }

    [Test]
    public void a_request_told_again_by_a_resumed_session_counts_once_across_collections()
    {
        var origin = Logs.Write(
            _folder,
            "origin",
            Logs.User("s1", "u1", "hi"),
            Logs.Assistant("s1", "u2", "m1", "yes", 40)
        );
        var resumed = Logs.Write(
            _folder,
            "resumed",
            Logs.User("s2", "u3", "hi"),
            Logs.Assistant("s2", "u4", "m1", "yes", 70),
            Logs.Assistant("s2", "u5", "m2", "more", 5)
        );
        var first = Logs.Collect(_workspace, origin);
        var second = Logs.Collect(_workspace, resumed);

        (first.Requests, second.Requests).ShouldBe((1, 1));
        (first.Usage.Output, second.Usage.Output).ShouldBe((40, 35));
        _workspace.Episodes.Read().Sum(e => e.Usage.Output).ShouldBe(75);
        _workspace.Episodes.Count().Requests.ShouldBe(2);
    }

    [Test]
    public void lines_that_are_no_message_are_events_of_their_session()
    {
        var log = Logs.Write(
            _folder,
            "log",
            """{"type":"summary","summary":"x","leafUuid":"l"}""",
            """{"type":"file-history-snapshot","messageId":"m","snapshot":{}}""",
            Logs.User("s", "u1", "hi"),
            """{"type":"progress","sessionId":"s","uuid":"p1","data":{"type":"bash_progress","output":"x"}}""",
            """{"type":"progress","sessionId":"s","uuid":"p2","data":{"type":"bash_progress","output":"y"}}""",
            """{"type":"system","subtype":"turn_duration","sessionId":"s","uuid":"p3"}"""
        );
        var report = Logs.Collect(_workspace, log);
        (report.Stored, report.Episodes, report.Turns).ShouldBe((6, 1, 1));
        Single().Key.ShouldBe("s");
        Single()
            .Events.ShouldBe(
                new Dictionary<string, int>
                {
                    ["file-history-snapshot"] = 1,
                    ["progress:bash_progress"] = 2,
                    ["summary"] = 1,
                    ["system:turn_duration"] = 1,
                }
            );
    }

    [Test]
    public void sub_agents_are_episodes_of_the_sessions_task()
    {
        string Side(string uuid, string? parent, string text, string? agent = null) =>
            Logs.User("s", uuid, text)
                .Replace(
                    "\"type\"",
                    $"\"isSidechain\":true,\"parentUuid\":{Logs.Json(parent!)},{(agent is null ? "" : $"\"agentId\":\"{agent}\",")}\"type\""
                );

        var log = Logs.Write(
            _folder,
            "log",
            Logs.User("s", "u1", "main"),
            Side("r1", null, "first chain"),
            Side("r2", null, "second chain"),
            Side("r3", "r1", "first goes on")
        );
        var other = Logs.Write(_folder, "agent-7.jsonl", Side("x1", null, "by id", "7"));

        Logs.Collect(_workspace, log, other).Episodes.ShouldBe(4);

        var episodes = _workspace.Episodes.Read().OrderBy(e => e.Key, StringComparer.Ordinal).ToList();
        episodes.Select(e => e.Key).ShouldBe(["s", "s/agent-7", "s/side-r1", "s/side-r2"]);
        episodes[2].Turns.Count.ShouldBe(2);
        episodes.ShouldAllBe(e => e.TaskId == "claude-code/s");
    }

    [Test]
    public void tool_calls_and_results_are_linked()
    {
        var call = Logs.Json(
            new
            {
                type = "assistant",
                sessionId = "s",
                uuid = "u1",
                message = new
                {
                    id = "m",
                    content = new object[]
                    {
                        new { type = "thinking", thinking = "hm" },
                        new
                        {
                            type = "tool_use",
                            id = "t1",
                            name = "Read",
                            input = new { path = "a" },
                        },
                    },
                },
            }
        );
        var result = Logs.Json(
            new
            {
                type = "user",
                sessionId = "s",
                uuid = "u2",
                message = new
                {
                    content = new object[]
                    {
                        new
                        {
                            type = "tool_result",
                            tool_use_id = "t1",
                            is_error = true,
                            content = new object[]
                            {
                                new { type = "text", text = "no such file" },
                                new { type = "image" },
                            },
                        },
                    },
                },
            }
        );
        Logs.Collect(_workspace, Logs.Write(_folder, "log", call, result));
        var turns = Single().Turns;
        turns[0].ToolCalls.Single().ShouldBe(new ToolCall("t1", "Read", """{"path":"a"}"""));
        (turns[1].Role, turns[1].ToolCallId, turns[1].IsError, turns[1].Text).ShouldBe(
            (TurnRole.Tool, "t1", true, "no such file\n[image]")
        );
        Single().Events["thinking"].ShouldBe(1);
    }

    [Test]
    public void a_session_too_long_for_memory_is_stored_in_parts()
    {
        var options = new CollectOptions { EpisodeCharsMax = 64 << 10 };
        var lines = Session("s", 100).Select(l => l.Replace("ask", new string('x', 2000))).ToArray();
        var log = Logs.Write(_folder, "log", lines);
        var report = Logs.Collect(_workspace, options, log);
        (report.Records, report.Stored, report.Turns, report.Requests).ShouldBe((200, 200, 200, 100));
        report.Episodes.ShouldBeInRange(3, 6);
        _workspace.Episodes.Read().ShouldAllBe(e => e.TaskId == "claude-code/s");

        var grown = Logs.Write(_folder, "grown", [.. lines, Logs.User("s", "new", "one more")]);
        var again = Logs.Collect(_workspace, options, grown);
        (again.Stored, again.Duplicates, again.Turns, again.Episodes).ShouldBe((1, 200, 1, 0));
    }

    [Test]
    public void a_folder_collected_under_another_tenant_is_anothers()
    {
        var log = Logs.Write(_folder, "log", Session("s", 2));
        Logs.Collect(_workspace, log);
        var other = Logs.Collect(_workspace, new CollectOptions { Tenant = "other" }, log);
        (other.Stored, other.Requests).ShouldBe((4, 2));
    }
}
