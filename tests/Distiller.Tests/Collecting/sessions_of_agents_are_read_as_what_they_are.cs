using Distiller.Lake;

namespace Distiller.Tests.Collecting;

/// <summary>Small real inputs beside the repository, one or more of each agent.</summary>
internal sealed class sessions_of_agents_are_read_as_what_they_are
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

    [Test]
    public void B09_codex_is_read_as_what_it_is()
    {
        var episode = One("cases/B09-codex", "codex", "x");
        episode.Usage.ShouldBe(new Usage(40, 60, 0, 5));
        episode.Turns.Select(Tell).ShouldBe(["User list", "Assistant  shell({\"command\":[\"ls\"]})", "Tool a"]);
        episode.Turns[2].ToolCallId.ShouldBe("c1");
        episode.Turns[1].RequestId.ShouldBe(episode.Requests.Single().Id);
        episode.Session.ShouldBe(new Session("x") { Project = "/w" });
    }

    [Test]
    public void B10_gemini_is_read_as_what_it_is()
    {
        var episode = One("cases/B10-gemini", "gemini-cli", "g");
        episode.Usage.ShouldBe(new Usage(10, 0, 0, 2));
        episode.Turns.Select(Tell).ShouldBe(["User hi", "Assistant hello"]);
        episode.TaskId.ShouldBe("gemini-cli/g");
        episode.Session!.Name.ShouldBe("g");
    }

    [Test]
    public void B15_openhands_is_read_as_what_it_is()
    {
        var episode = One("cases/B15-openhands", "openhands", null);
        episode.Turns.Select(Tell).ShouldBe(["User fix", "Assistant  run({\"command\":\"ls\"})", "Tool a"]);
        episode.Turns[2].ToolCallId.ShouldBe(episode.Turns[1].ToolCalls[0].Id);
        episode.StartedAt.ShouldBe(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    }

    [Test]
    public void B17_cline_is_read_as_what_it_is()
    {
        var episode = One("cases/B17-cline", "cline", null);
        episode.Turns.Select(Tell).ShouldBe(["User hi", "Assistant  read_file({\"path\": \"a\"})"]);
        episode.Session.ShouldNotBeNull();
    }

    [Test]
    public void B18_opencode_is_read_as_what_it_is()
    {
        var episode = One("cases/B18-opencode", "opencode", "ses_1");
        episode.Usage.ShouldBe(new Usage(1, 0, 0, 2));
        episode.Requests.Count.ShouldBe(1);
    }

    [Test]
    public void B22_qwen_is_read_as_what_it_is()
    {
        var episode = One("cases/B22-qwen", "qwen-code", "q1");
        episode.Usage.ShouldBe(new Usage(10, 0, 0, 2));
        episode.Model.ShouldBe("qwen3-coder");
        episode.Turns.Select(Tell).ShouldBe(["User hi", "Assistant hello"]);
        episode.Session!.Project.ShouldBe("/w");
    }

    [TestCase("codex/standard_session.jsonl", "codex", "abc-123", 2, "User Add rate limiting")]
    [TestCase("codex/fc_args_1.jsonl", "codex", "fc-args-1", 2, "Assistant  exec_command(")]
    [TestCase("codex/fc_args_2.jsonl", "codex", "fc-args-2", 2, "apply_patch({\"patch\":")]
    [TestCase("codex/fc_stdin.jsonl", "codex", "fc-stdin", 2, "write_stdin(")]
    [TestCase("codex/function_calls.jsonl", "codex", "fc-1", 2, "apply_patch({})")]
    [TestCase("gemini/standard_session.json", "gemini-cli", "sess-uuid-1", 4, "Assistant Applied the fix.")]
    [TestCase("gemini/system_messages.json", "gemini-cli", "sess-uuid-3", 0, "")]
    [TestCase("gemini/thinking_only.json", "gemini-cli", "sess-uuid-thinking", 2, "Here is how it works")]
    [TestCase("gemini/tool_calls.json", "gemini-cli", "sess-uuid-2", 2, "read_file(")]
    public void fixtures_of_agentsview(string file, string format, string key, int turns, string said)
    {
        var episode = One($"logs/agents/agentsview/{file}", format, key);
        episode.Turns.Count.ShouldBe(turns);
        string.Join('\n', episode.Turns.Select(Tell)).ShouldContain(said);
    }

    [TestCase(
        "codex/rollout-2026-07-17T09-00-00-registry-codex.jsonl",
        "codex",
        "registry-codex",
        "the rollout is readable"
    )]
    [TestCase("gemini/session.jsonl", "gemini-cli", "registry-gemini", "the session is readable")]
    [TestCase("gemini/session-set-snapshot.jsonl", "gemini-cli", "reg-gem-set-001", "set-snapshot conformance answer")]
    [TestCase(
        "qwen/projects/-workspace-registry-demo/chats/registry-qwen.jsonl",
        "qwen-code",
        "registry-qwen",
        "I found the parser"
    )]
    [TestCase("pi/session.jsonl", "pi", "reg-pi-001", "registry conformance answer")]
    [TestCase("omp/session.jsonl", "pi", "reg-omp-001", "registry conformance answer")]
    [TestCase("goose/sessions/20250724_1.jsonl", "goose", "20250724_1", "Hello from Goose!")]
    [TestCase("cline/legacy/tasks/1767225600000/api_conversation_history.json", "cline", "1767225600000", "Hello!")]
    [TestCase(
        "cline/modern/sessions/session_synthetic_01/session_synthetic_01.messages.json",
        "cline",
        "session_synthetic_01",
        "Hello!"
    )]
    [TestCase(
        "roo/tasks/1767225700000/api_conversation_history.json",
        "cline",
        "1767225700000",
        "pinned it per attempt"
    )]
    public void fixtures_of_deja(string file, string format, string key, string said)
    {
        var episode = One($"logs/agents/deja/registry/{file}", format, key);
        episode.Turns.Count.ShouldBe(2);
        episode.Turns[0].IsRequest.ShouldBeTrue();
        episode.Turns[0].Text.ShouldNotContain("<task>");
        episode.Turns[1].Text.ShouldContain(said);
        episode.StartedAt?.Year.ShouldBe(2026);
    }

    [Test]
    public void usage_of_pi_and_its_kin_is_told_per_answer()
    {
        One("logs/agents/deja/registry/pi/session.jsonl", "pi", "reg-pi-001").Usage.ShouldBe(new Usage(5, 0, 0, 10));
    }

    [Test]
    public void a_checkpoint_of_openclaw_is_a_copy_and_its_index_is_noise()
    {
        var report = Logs.Collect(_workspace, SharedFiles.Path("logs/agents/deja/registry/openclaw"));
        (report.Episodes, report.Quarantined, report.Noise, report.Stored).ShouldBe((1, 0, 3, 4));
        var episode = _workspace.Episodes.Read().Single();
        episode.Agent.ShouldBe("openclaw");
        episode.Key.ShouldBe("a1b2c3d4-e5f6-4a7b-8c9d-0e1f2a3b4c5d");
        episode.Usage.ShouldBe(new Usage(5, 0, 0, 10));
    }

    [TestCase("opencode/opencode.sql", "opencode", "registry-opencode", "the sqlite rows are readable")]
    [TestCase("goose/sessions/goose.sql", "goose", "20250724_2", "the sqlite rows are readable")]
    public void databases_of_deja(string sql, string format, string key, string said)
    {
        var database = Databases.Make(
            _folder,
            "sessions.db",
            File.ReadAllText(SharedFiles.Path($"logs/agents/deja/registry/{sql}"))
        );
        var episode = Collected(database, format, key);
        episode.Turns.Select(t => t.Role).ShouldBe([TurnRole.User, TurnRole.Assistant]);
        episode.Turns[0].Text.ShouldBe("inspect the sqlite fixture");
        episode.Turns[1].Text.ShouldBe(said);
        episode.StartedAt!.Value.Year.ShouldBe(2026);
        episode.Session!.Project.ShouldNotBeNull();
    }

    [Test]
    public void ccusage_tells_two_requests_of_codex()
    {
        var episode = One(
            "logs/ccusage/apps/ccusage/test/fixtures/codex/sessions/project-alpha/session-alpha.jsonl",
            "codex",
            null
        );
        episode
            .Requests.Select(r => (r.Model, r.Usage))
            .ShouldBe([
                ("gpt-5.2-codex", new Usage(750, 250, 0, 125)),
                ("gpt-5.3-codex", new Usage(2000, 500, 0, 300)),
            ]);
    }

    /// <summary>Formats that are not read must not be taken for one that is.</summary>
    [TestCase("logs/agents/deja/registry/copilot")]
    [TestCase("logs/agents/deja/registry/cursor")]
    [TestCase("logs/agents/deja/registry/deepseek")]
    [TestCase("logs/agents/deja/registry/antigravity")]
    [TestCase("logs/agents/deja/registry/grok")]
    [TestCase("logs/agents/deja/registry/kimi")]
    public void what_is_not_read_goes_to_quarantine_or_is_noise(string folder)
    {
        var report = Logs.Collect(_workspace, SharedFiles.Path(folder));
        report.Stored.ShouldBe(0);
        report.Formats.Keys.ShouldBe(["unknown"]);
        report.Quarantined.ShouldBeGreaterThan(0);
        _workspace.Quarantine.List().ShouldAllBe(r => r.Reason.Contains("not known"));
    }

    private Episode One(string shared, string format, string? key) => Collected(SharedFiles.Path(shared), format, key);

    private Episode Collected(string path, string format, string? key)
    {
        var report = Logs.Collect(_workspace, path);
        report.Formats.Keys.ShouldBe([format]);
        report.Quarantined.ShouldBe(0);
        var episode = _workspace.Episodes.Read().Single();
        episode.Key.ShouldBe(key ?? episode.Key);
        Logs.Collect(_workspace, path).Stored.ShouldBe(0, "collected again");
        _workspace.Episodes.Read().Single().Id.ShouldBe(episode.Id);
        return episode;
    }

    private static string Tell(Turn turn) =>
        $"{turn.Role} {turn.Text}{string.Concat(turn.ToolCalls.Select(c => $" {c.Name}({c.ArgumentsJson})"))}";
}
