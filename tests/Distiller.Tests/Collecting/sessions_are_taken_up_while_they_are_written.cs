using System.Globalization;
using Distiller.Lake;
using Distiller.Logs;
using Distiller.Logs.Watching;

namespace Distiller.Tests.Collecting;

internal sealed class sessions_are_taken_up_while_they_are_written
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

    [TestCase("codex")]
    [TestCase("claude-code")]
    [TestCase("terminal-bench")]
    public void a_half_written_last_line_waits_for_the_next_collection(string format)
    {
        string[] lines =
            format == "codex" ? [Meta("s"), Said("s", 1), Said("s", 2)]
            : format == "claude-code" ? [Logs.User("s", "1", "a"), Logs.User("s", "2", "b"), Logs.User("s", "3", "c")]
            : [Logs.Trial("a"), Logs.Trial("b"), Logs.Trial("c")];
        Directory.CreateDirectory(_folder["logs"]);
        File.WriteAllText(_folder["logs/s.jsonl"], $"{lines[0]}\n{lines[1]}\n{lines[2][..^9]}");

        var first = Logs.Collect(_workspace, _folder["logs"]);
        (first.Records, first.Stored, first.Quarantined).ShouldBe((2, 2, 0));
        first.Formats.Keys.ShouldBe([format]);

        File.WriteAllText(_folder["logs/s.jsonl"], string.Join('\n', lines));
        var second = Logs.Collect(_workspace, _folder["logs"]);
        (second.Records, second.Stored, second.Duplicates, second.Quarantined).ShouldBe((3, 1, 2, 0));
        _workspace.Quarantine.Count().ShouldBe(0);
    }

    [Test]
    public void a_half_line_that_nobody_goes_on_with_is_told()
    {
        var log = Logs.Write(_folder, "logs/s.jsonl", Meta("s"), Said("s", 1));
        File.AppendAllText(log, Said("s", 2)[..^9]);
        File.SetLastWriteTimeUtc(log, DateTime.UtcNow.AddDays(-3));
        Logs.Collect(_workspace, _folder["logs"]).Quarantined.ShouldBe(1);
    }

    [Test]
    public void a_file_of_nothing_but_a_beginning_waits()
    {
        Directory.CreateDirectory(_folder["logs"]);
        File.WriteAllText(_folder["logs/s.jsonl"], Meta("s")[..^5]);
        Logs.Collect(_workspace, _folder["logs"]).Records.ShouldBe(0);
        Logs.Write(_folder, "logs/s.jsonl", Meta("s"), Said("s", 1));
        Logs.Collect(_workspace, _folder["logs"]).Stored.ShouldBe(2);
    }

    [Test]
    public void a_copy_and_a_renamed_file_add_nothing()
    {
        var log = Logs.Write(_folder, "logs/s.jsonl", Meta("s"), Said("s", 1), Billed(1), Said("s", 2));
        Logs.Collect(_workspace, _folder["logs"]).Stored.ShouldBe(4);
        var snapshot = _workspace.Episodes.SnapshotId();

        File.Copy(log, _folder["logs/s.jsonl.1"]);
        File.Move(log, _folder["logs/moved.jsonl"]);
        var report = Logs.Collect(_workspace, _folder["logs"]);

        (report.Stored, report.Duplicates, report.Episodes, report.Requests).ShouldBe((0, 8, 0, 0));
        _workspace.Episodes.SnapshotId().ShouldBe(snapshot);
    }

    [Test]
    public void a_file_that_shrank_takes_nothing_away()
    {
        Logs.Write(_folder, "logs/s.jsonl", Meta("s"), Said("s", 1), Billed(1), Said("s", 2));
        Logs.Collect(_workspace, _folder["logs"]);
        Logs.Write(_folder, "logs/s.jsonl", Meta("s"), Said("s", 1));
        var report = Logs.Collect(_workspace, _folder["logs"]);
        (report.Stored, report.Duplicates).ShouldBe((0, 2));
        _workspace.Episodes.Read().Single().Turns.Count.ShouldBe(2);
    }

    [Test]
    public void a_session_that_was_rotated_is_one_with_all_its_records()
    {
        Logs.Write(_folder, "logs/1.jsonl", Meta("s"), Said("s", 1), Billed(1), Said("s", 2));
        Logs.Collect(_workspace, _folder["logs"]);
        // The beginning went away; the end has grown.
        Logs.Write(_folder, "logs/1.jsonl", Meta("s"), Said("s", 2), Billed(1), Said("s", 3), Billed(2));

        var report = Logs.Collect(_workspace, _folder["logs"]);

        (report.Records, report.Stored, report.Duplicates, report.Episodes, report.Requests).ShouldBe((5, 2, 3, 0, 1));
        var episode = _workspace.Episodes.Read().Single();
        episode.Turns.Select(t => t.Text).ShouldBe(["said 1", "said 2", "said 3"]);
        episode.Usage.ShouldBe(new Usage(30, 0, 0, 3));
        Logs.Collect(_workspace, _folder["logs"]).Stored.ShouldBe(0);
    }

    [Test]
    public void a_document_that_is_written_anew_takes_the_place_of_the_shorter_one()
    {
        var hi = """{"id":"1","type":"user","content":"hi","timestamp":"2025-01-01T00:00:00Z"}""";
        var hello =
            """{"id":"2","type":"gemini","content":"hello","tokens":{"input":9,"output":1,"cached":0,"thoughts":0,"tool":0,"total":10},"timestamp":"2025-01-01T00:00:01Z"}""";
        string Document(params string[] messages) =>
            $$"""{"sessionId":"g","startTime":"2025-01-01T00:00:00Z","lastUpdated":"2025-01-01T00:00:00Z","messages":[{{string.Join(',', messages)}}]}""";
        Logs.Write(_folder, "logs/g.json", Document(hi));
        Logs.Collect(_workspace, _folder["logs"]).Stored.ShouldBe(1);
        Logs.Write(_folder, "logs/g.json", Document(hi, hello));

        var report = Logs.Collect(_workspace, _folder["logs"]);

        (report.Stored, report.Episodes, report.Turns, report.Requests).ShouldBe((1, 0, 1, 1));
        Logs.Write(_folder, "logs/old.json", Document(hi));
        Logs.Collect(_workspace, _folder["logs"]).Stored.ShouldBe(0, "an older copy");
        _workspace.Episodes.Read().Single().Turns.Count.ShouldBe(2);
    }

    [Test]
    public void a_round_reads_only_what_has_changed()
    {
        _workspace.Dispose();
        Logs.Write(_folder, "logs/a.jsonl", Meta("a"), Said("a", 1));
        Logs.Write(_folder, "logs/b.jsonl", Meta("b"), Said("b", 1));
        var rounds = new CollectionRounds(
            [_folder["logs"]],
            () => Workspace.TryOpen(_folder["home"]),
            new CollectOptions()
        );

        rounds.Next()!.Stored.ShouldBe(4);
        rounds.Next().ShouldBeNull();
        File.AppendAllText(_folder["logs/b.jsonl"], Said("b", 2) + "\n");
        var report = rounds.Next()!;
        (report.Records, report.Stored, report.Duplicates).ShouldBe((3, 1, 2));
        rounds.Next().ShouldBeNull();

        _workspace = Workspace.Open(_folder["home"]);
        Logs.Write(_folder, "logs/c.jsonl", Meta("c"), Said("c", 1));
        rounds.Next().ShouldBeNull("the workspace is in use");
        _workspace.Dispose();
        rounds.Next()!.Stored.ShouldBe(2);
        File.Delete(_folder["logs/a.jsonl"]);
        rounds.Next().ShouldBeNull();
        _workspace = Workspace.Open(_folder["home"]);
        _workspace.Episodes.Count().Episodes.ShouldBe(3);
    }

    [Test]
    public void a_watch_wakes_when_something_is_written()
    {
        Directory.CreateDirectory(_folder["logs/below"]);
        using var watch = new SourceWatch([_folder["logs"]], new WatchOptions { Interval = TimeSpan.FromMinutes(5) });
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var waiting = Task.Run(() => watch.Wait(limit.Token));
        waiting.Wait(TimeSpan.FromMilliseconds(500)).ShouldBeFalse("nothing was written yet");
        File.WriteAllText(_folder["logs/below/s.jsonl"], Meta("s"));
        waiting.Wait(TimeSpan.FromSeconds(60)).ShouldBeTrue();
        waiting.IsCompletedSuccessfully.ShouldBeTrue();
    }

    [Test]
    public void a_part_of_an_opencode_message_that_comes_later_is_taken_up()
    {
        Logs.Write(_folder, "storage/message/ses_1/msg_1.json", """{"id":"msg_1","sessionID":"ses_1","role":"user"}""");
        Logs.Write(_folder, "storage/part/msg_1/a.json", Part("a", "Run it"));
        Logs.Collect(_workspace, _folder["storage"]);
        var late = Logs.Write(_folder, "storage/part/msg_1/b.json", Part("b", "and tell me"));

        Logs.Collect(_workspace, late);

        _workspace.Episodes.Read().Single().Turns.Single().Text.ShouldBe("Run it\nand tell me");
    }

    [Test]
    public void a_database_that_grows_gives_what_is_new()
    {
        const string tables =
            "create table sessions (id text primary key, working_dir text); "
            + "create table messages (session_id text, role text, content_json text, created_timestamp integer);";
        string Message(int n) =>
            string.Create(
                CultureInfo.InvariantCulture,
                $$"""insert into messages values ('g', 'user', '[{"type":"text","text":"said {{n}}"}]', {{1735725600 + n}});"""
            );
        Directory.CreateDirectory(_folder["logs"]);
        var database = Databases.Make(
            _folder,
            "logs/sessions.db",
            $"{tables} insert into sessions values ('g', '/w'); {Message(1)} {Message(2)}"
        );
        Logs.Collect(_workspace, _folder["logs"]).Stored.ShouldBe(2);
        Databases.Run(database, Message(3));
        var report = Logs.Collect(_workspace, _folder["logs"]);
        (report.Stored, report.Duplicates, report.Turns).ShouldBe((1, 2, 1));
    }

    [Test]
    public void a_damaged_database_is_told_and_nothing_is_written_beside_it()
    {
        Directory.CreateDirectory(_folder["logs"]);
        var database = Databases.Make(
            _folder,
            "logs/opencode.db",
            "pragma journal_mode = wal; create table session (id text, directory text); "
                + "create table message (id text, session_id text, data text); create table part (id text, message_id text, data text); "
                + "insert into session values ('s', '/w'); insert into message values ('m', 's', '{\"role\":\"user\"}'); "
                + "insert into part values ('p', 'm', '{\"type\":\"text\",\"text\":\"hi\"}')"
        );
        Directory.GetFiles(_folder["logs"]).ShouldBe([database], "its log was folded into it");
        Logs.Collect(_workspace, database).Stored.ShouldBe(1);
        Directory.GetFiles(_folder["logs"]).ShouldBe([database]);

        var bytes = File.ReadAllBytes(database);
        Array.Fill(bytes, (byte)0xA5, 4096, bytes.Length - 4096);
        File.WriteAllBytes(database, bytes);
        var report = Logs.Collect(_workspace, database);
        (report.Stored, report.Quarantined).ShouldBe((0, 1));
        _workspace.Quarantine.List().Single().Reason.ShouldContain("SQLite error");
    }

    private static string Part(string id, string text) =>
        Logs.Json(
            new
            {
                id,
                sessionID = "ses_1",
                messageID = "msg_1",
                type = "text",
                text,
            }
        );

    private static string Meta(string id) =>
        Logs.Json(
            new
            {
                timestamp = "2025-01-01T00:00:00Z",
                type = "session_meta",
                payload = new { id, cwd = "/w" },
            }
        );

    private static string Said(string session, int number) =>
        Logs.Json(
            new
            {
                timestamp = $"2025-01-01T00:00:0{number}Z",
                type = "response_item",
                payload = new
                {
                    type = "message",
                    role = "user",
                    content = new[] { new { type = "input_text", text = $"said {number}" } },
                },
            }
        );

    /// <summary>A request that was billed ten times its number.</summary>
    private static string Billed(int number) =>
        Logs.Json(
            new
            {
                timestamp = $"2025-01-01T00:00:0{number}Z",
                type = "event_msg",
                payload = new
                {
                    type = "token_count",
                    info = new { last_token_usage = new { input_tokens = 10 * number, output_tokens = number } },
                },
            }
        );
}
