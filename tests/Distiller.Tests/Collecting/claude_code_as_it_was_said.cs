using Distiller.Lake;
using Distiller.Logs;

namespace Distiller.Tests.Collecting;

/// <summary>The small logs beside the repository that once were misread: each test is named for its case.</summary>
internal sealed class claude_code_as_it_was_said
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

    private CollectReport Collect(string name) => Logs.Collect(_workspace, SharedFiles.Path($"cases/{name}"));

    private Episode Single() => _workspace.Episodes.Read().Single();

    private static UsageReport Usage(long input, long read, long write, long output) => new(input, read, write, output);

    [Test]
    public void A03_a_resumed_session_tells_its_origin_once()
    {
        var report = Collect("A03-resume");

        (report.Sessions, report.Requests).ShouldBe((2, 2));
        report.Usage.ShouldBe(Usage(11, 22, 33, 44));
    }

    [Test]
    public void A04_advice_of_a_second_model_is_a_request_of_its_own()
    {
        var report = Collect("A04-advisor");

        report.Requests.ShouldBe(2);
        report.Usage.ShouldBe(Usage(15002, 900, 80, 750));
        Single().Requests.Select(r => r.Model).ShouldBe(["claude-sonnet-4-6", "claude-opus-4-7"]);
    }

    [Test]
    public void A05_an_error_that_the_client_made_up_is_no_turn_and_no_request()
    {
        var report = Collect("A05-synthetic");

        report.Requests.ShouldBe(1);
        Single().Turns.Select(t => t.Text).ShouldBe(["go", "go on", "Done."]);
        Single().Events["api-error"].ShouldBe(1);
        Single().Model.ShouldBe("claude-sonnet-4-6");
    }

    [Test]
    public void A06_what_the_machine_says_is_not_the_users_word()
    {
        Collect("A06-compact-meta");

        var user = Single().Turns.Where(t => t.Role == TurnRole.User).ToList();
        user.Select(t => t.Origin)
            .ShouldBe([TurnOrigin.Harness, TurnOrigin.Harness, TurnOrigin.Harness, null, TurnOrigin.Summary]);
        user.Single(t => t.IsRequest).Text.ShouldBe("rename the flag");
    }

    [Test]
    public void A07_a_sub_agent_is_a_session_tied_to_its_parent_and_its_metadata_is_noise()
    {
        var report = Collect("A07-subagent");

        (report.Sessions, report.Noise, report.Quarantined).ShouldBe((2, 1, 0));
        var sub = _workspace.Episodes.Read().Single(e => e.Session!.Parent is not null);
        (sub.Session!.Parent, sub.TaskId, sub.Session.Project).ShouldBe(("s7", "claude-code/s7", "/w"));
        report.Usage.ShouldBe(Usage(101, 202, 303, 404));
    }

    [Test]
    public void A09_a_session_starts_at_its_earliest_time()
    {
        Collect("A09-out-of-order");

        Single().StartedAt.ShouldBe(new DateTimeOffset(2026, 5, 1, 8, 0, 0, TimeSpan.Zero));
    }

    [Test]
    public void A09_linked_lines_are_ordered_by_parent_and_time()
    {
        var log = Logs.Write(
            _folder,
            "log.jsonl",
            Line("assistant", "a2", "u2", """[{"type":"text","text":"fourth"}]""", "m2", "10:00:03"),
            Line("user", "u1", null, """ "first" """, time: "10:00:00"),
            Line("user", "u2", "a1", """ "third" """, time: "09:00:00"),
            Line("assistant", "a1", "u1", """[{"type":"text","text":"second"}]""", "m1", "10:00:01")
        );
        Logs.Collect(_workspace, log);

        Single().Turns.Select(t => t.Text).ShouldBe(["first", "second", "third", "fourth"]);
    }

    [Test]
    public void A10_a_rewind_leaves_the_live_branch_and_is_billed_whole()
    {
        var report = Collect("A10-rewind");

        (report.Turns, report.Requests).ShouldBe((2, 3));
        Single().Turns.Select(t => t.Text).ShouldBe(["make the button green", "It is green now."]);
        Single().Events["rewound"].ShouldBe(4);
    }

    [Test]
    public void A12_half_a_surrogate_pair_costs_nothing_else()
    {
        var report = Collect("A12-lone-surrogate");

        (report.Requests, report.Quarantined).ShouldBe((3, 0));
        report.Usage.ShouldBe(Usage(102, 204, 306, 408));
        Single().Turns.ShouldContain(t => t.Text == "It failed \uFFFD");
        Single().Turns.ShouldContain(t => t.Text == "fine \uFFFD... errored" && t.IsError);
    }

    [Test]
    public void A13_whole_records_on_a_broken_line_are_read()
    {
        var report = Collect("A13-splices");

        report.Requests.ShouldBe(4);
        report.Usage.ShouldBe(Usage(1111, 1111, 1111, 1111));
        report.Quarantined.ShouldBe(1);
    }

    [Test]
    public void A16_a_printed_stream_is_a_session_with_the_results_usage_and_verdict()
    {
        var report = Collect("A16-stream-json");

        report.Quarantined.ShouldBe(0);
        report.Usage.ShouldBe(Usage(4, 13, 6, 88));
        (Single().Key, Single().Outcome.Kind, Single().Requests.Count).ShouldBe(("p1", OutcomeKind.Succeeded, 2));
    }

    [TestCase("false", OutcomeKind.Succeeded)]
    [TestCase("true", OutcomeKind.Failed)]
    public void A16_the_verdict_is_is_error(string isError, OutcomeKind outcome)
    {
        Logs.Collect(
            _workspace,
            Logs.Write(
                _folder,
                "out.jsonl",
                """{"type":"system","subtype":"init","session_id":"p","uuid":"1","cwd":"/w"}""",
                """{"type":"assistant","session_id":"p","uuid":"2","message":{"id":"m","role":"assistant","content":[{"type":"text","text":"hi"}]}}""",
                $$"""{"type":"result","subtype":"success","session_id":"p","uuid":"3","is_error":{{isError}},"usage":{"output_tokens":3} }"""
            )
        );
        (Single().Outcome.Kind, Single().Usage.Output).ShouldBe((outcome, 3));
    }

    [Test]
    public void B20_lines_with_a_type_and_a_session_of_something_else_are_refused()
    {
        var report = Collect("B20-foreign-type-sessionId");

        (report.Episodes, report.Quarantined).ShouldBe((0, 2));
        _workspace.Quarantine.List().ShouldAllBe(r => r.Reason.Contains("it lacks"));
    }

    [Test]
    public void C03_the_same_uuid_again_is_the_line_as_it_became()
    {
        var report = Collect("C03-same-uuid-updated");

        report.Usage.ShouldBe(Usage(10, 0, 0, 55));
        Single().Turns[^1].Text.ShouldBe("partial and complete");
    }

    [TestCase("C07-content-null", 55, 66)]
    [TestCase("C08-tool-input-string", 55, 66)]
    [TestCase("C10-duplicate-member", 5, 6)]
    public void a_defect_in_the_content_costs_the_content(string name, long input, long output)
    {
        var report = Collect(name);

        report.Quarantined.ShouldBe(0);
        (report.Usage.Input, report.Usage.Output).ShouldBe((input, output));
    }

    [Test]
    public void C08_and_C10_keep_what_the_model_wrote()
    {
        Collect("C08-tool-input-string");
        Collect("C10-duplicate-member");

        _workspace
            .Episodes.Read()
            .SelectMany(e => e.Turns)
            .SelectMany(t => t.ToolCalls)
            .Select(c => c.ArgumentsJson)
            .ShouldBe(["""{"unparsed":"ls"}""", """{"k":2}"""], ignoreOrder: true);
    }

    [Test]
    public void parallel_calls_are_no_rewind()
    {
        var log = Logs.Write(
            _folder,
            "log.jsonl",
            Line("user", "u1", null, """ "do both" """),
            Line("assistant", "a1", "u1", """[{"type":"tool_use","id":"t1","name":"Read","input":{}}]""", "m1"),
            Line("assistant", "a2", "a1", """[{"type":"tool_use","id":"t2","name":"Read","input":{}}]""", "m1"),
            Line("user", "r1", "a1", """[{"type":"tool_result","tool_use_id":"t1","content":"one"}]"""),
            Line("user", "r2", "a2", """[{"type":"tool_result","tool_use_id":"t2","content":"two"}]"""),
            Line("assistant", "a3", "r2", """[{"type":"text","text":"both done"}]""", "m2")
        );
        Logs.Collect(_workspace, log);

        Single().Turns.Select(t => t.Text).ShouldBe(["do both", "", "one", "two", "both done"]);
        Single().Events.Keys.ShouldNotContain("rewound");
    }

    [Test]
    public void a_circle_of_parents_ends()
    {
        var log = Logs.Write(
            _folder,
            "log.jsonl",
            Line("user", "u1", "a1", """ "first" """),
            Line("assistant", "a1", "u1", """[{"type":"text","text":"second"}]""", "m1"),
            Line("user", "u2", "u2", """ "third" """)
        );
        Logs.Collect(_workspace, log);

        Single().Turns.Count.ShouldBe(3);
    }

    private static string Line(
        string type,
        string uuid,
        string? parent,
        string content,
        string? id = null,
        string time = "10:00:00"
    ) =>
        Logs.Json(
            new
            {
                type,
                sessionId = "s",
                uuid,
                parentUuid = parent,
                timestamp = $"2026-05-01T{time}.000Z",
                message = new
                {
                    role = type,
                    id,
                    content = System.Text.Json.JsonDocument.Parse(content).RootElement,
                },
            }
        );
}
