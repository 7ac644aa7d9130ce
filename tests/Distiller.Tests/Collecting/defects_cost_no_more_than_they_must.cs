using Distiller.Lake;

namespace Distiller.Tests.Collecting;

/// <summary>Hostile and broken content within sessions of agents.</summary>
internal sealed class defects_cost_no_more_than_they_must
{
    private const string Meta =
        """{"timestamp":"2025-01-01T00:00:00Z","type":"session_meta","payload":{"id":"s","cwd":"/w"}}""";
    private const string Hi =
        """{"timestamp":"2025-01-01T00:00:01Z","type":"response_item","payload":{"type":"message","role":"user","content":[{"type":"input_text","text":"hi"}]}}""";

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

    [TestCase("-5")]
    [TestCase("1e300")]
    [TestCase("1.5")]
    [TestCase("\"7\"")]
    [TestCase("99999999999999999999")]
    [TestCase("[]")]
    public void an_absurd_count_costs_the_usage_and_is_an_event(string count)
    {
        var episode = One(
            Meta,
            Hi,
            $$$$$"""{"timestamp":"2025-01-01T00:00:02Z","type":"event_msg","payload":{"type":"token_count","info":{"last_token_usage":{"input_tokens":{{{{{count}}}}},"output_tokens":3}}}}"""
        );
        episode.Requests.ShouldBeEmpty();
        episode.Events["usage-defect"].ShouldBe(1);
        episode.Turns.Count.ShouldBe(1);
    }

    [TestCase("{}")]
    [TestCase("[{}]")]
    public void a_part_of_nothing_costs_nothing_else(string content)
    {
        var episode = One(
            """{"sessionId":"g","projectHash":"abc","startTime":"2025-02-02T11:00:00.000Z","lastUpdated":"2025-02-02T11:00:00.000Z","kind":"main"}""",
            $$"""{"id":"m1","timestamp":"2025-02-02T11:00:01.000Z","type":"user","content":{{content}}}""",
            """{"id":"m2","timestamp":"2025-02-02T11:00:02.000Z","type":"user","content":"Say hello"}"""
        );
        episode.Format.ShouldBe("gemini-cli");
        episode.Turns.Select(t => t.Text).ShouldBe(["Say hello"]);
    }

    [TestCase("1999-12-31T23:59:59Z")]
    [TestCase("2999-01-01T00:00:00Z")]
    [TestCase("yesterday")]
    [TestCase("")]
    public void a_time_that_is_none_is_left_out(string time)
    {
        var episode = One(Meta.Replace("2025-01-01T00:00:00Z", time), Hi.Replace("2025-01-01T00:00:01Z", time));
        episode.StartedAt.ShouldBeNull();
        episode.Turns.Single().Time.ShouldBeNull();
    }

    [TestCase("""null""", "{}")]
    [TestCase("""7""", """{"unparsed":"7"}""")]
    [TestCase("""[1]""", """{"unparsed":"[1]"}""")]
    [TestCase("""" "not json" """", """{"unparsed":"not json"}""")]
    [TestCase("""{"a":1,"a":2}""", """{"a":2}""")]
    [TestCase("""{"a":"\ud800"}""", """{"a":"\ufffd"}""")]
    [TestCase(""" "{\"a\":\"\\ud800\"}" """, """{"a":"\ufffd"}""")]
    public void an_input_of_a_tool_that_is_no_object_costs_itself_only(string input, string read)
    {
        var call =
            $$$$"""{"timestamp":"2025-01-01T00:00:02Z","type":"response_item","payload":{"type":"function_call","name":"look","call_id":"c","arguments":{{{{input}}}}}}""";
        var episode = One(Meta, Hi, call);
        episode.Turns[1].ToolCalls.Single().ArgumentsJson.Replace("\uFFFD", "\\ufffd").ShouldBe(read);
    }

    [Test]
    public void half_a_character_and_a_zero_are_replaced()
    {
        var episode = One(Meta, Hi.Replace("\"hi\"", "\"a\\ud83db\\ude00c\\u0000d\\ud83d\\ude00\""));
        episode.Turns.Single().Text.ShouldBe("a\uFFFDb\uFFFDc\uFFFDd😀");
    }

    [Test]
    public void nesting_of_200_levels_costs_its_record_only()
    {
        var deep = Hi.Replace("\"hi\"", new string('[', 200) + new string(']', 200));
        var log = Logs.Write(_folder, "s.jsonl", Meta, deep, Hi);
        var report = Logs.Collect(_workspace, log);
        (report.Stored, report.Quarantined).ShouldBe((2, 1));
        _workspace.Quarantine.List().Single().Reason.ShouldContain("nested deeper");
    }

    [Test]
    public void zeros_that_a_crash_left_are_no_lines()
    {
        var log = Logs.Write(_folder, "s.jsonl", Meta, "\0\0\0\0" + Hi, new string('\0', 4096));
        var report = Logs.Collect(_workspace, log);
        (report.Records, report.Stored, report.Quarantined).ShouldBe((2, 2, 0));
    }

    [TestCase("content", "null")]
    [TestCase("content", "7")]
    [TestCase("content", "[null,7,{},[]]")]
    [TestCase("role", "[]")]
    public void a_message_without_content_costs_the_message_only(string member, string value)
    {
        var broken =
            """{"timestamp":"2025-01-01T00:00:03Z","type":"response_item","payload":{"type":"message","M":V}}"""
                .Replace("M", member)
                .Replace("V", value);
        One(Meta, Hi, broken).Turns.Count.ShouldBe(1);
    }

    [Test]
    public void a_line_that_is_no_line_of_the_session_is_refused()
    {
        var log = Logs.Write(
            _folder,
            "pi.jsonl",
            """{"type":"session","version":3,"id":"p","timestamp":"2025-01-01T00:00:00Z","cwd":"/w"}""",
            """{"hello":"world"}""",
            """{"type":"message","id":"a","parentId":null,"message":{"role":"user","content":"hi"}}"""
        );
        var report = Logs.Collect(_workspace, log);
        (report.Stored, report.Quarantined).ShouldBe((2, 1));
        _workspace.Quarantine.List().Single().Format.ShouldBe("pi");
    }

    private Episode One(params string[] lines)
    {
        Logs.Collect(_workspace, Logs.Write(_folder, "s.jsonl", lines)).Quarantined.ShouldBe(0);
        return _workspace.Episodes.Read().Single();
    }
}
