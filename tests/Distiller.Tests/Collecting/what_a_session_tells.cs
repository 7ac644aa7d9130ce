using Distiller.Lake;

namespace Distiller.Tests.Collecting;

/// <summary>The made-up logs of each agent, read in full: who says what, what was billed, where it took place.</summary>
internal sealed class what_a_session_tells
{
    private TemporaryFolder _folder = null!;
    private Workspace _workspace = null!;
    private List<Episode> _episodes = [];

    [OneTimeSetUp]
    public void Collect()
    {
        _folder = new TemporaryFolder();
        _workspace = Workspace.Open(_folder["home"]);
        var golden = Path.Combine(Repository.Root, "tests", "Distiller.Tests", "Collecting", "golden", "logs");
        Logs.Collect(_workspace, golden);
        _episodes = [.. _workspace.Episodes.Read()];
    }

    [OneTimeTearDown]
    public void Close()
    {
        _workspace.Dispose();
        _folder.Dispose();
    }

    [Test]
    public void codex()
    {
        var episode = Of("codex", "c1");
        Tell(episode)
            .ShouldBe([
                "Harness: <environment_context>",
                "User: Why does the till test fail?",
                "Assistant: I run it. shell({\"command\":[\"make\",\"test\"]})",
                "Error: 1 failed",
                "Assistant:  apply_patch({\"input\":\"*** Begin Patch\\n*** End Patch\"})",
                "Tool: Exit code: 0",
                "Summary: The till test failed; the patch mends it.",
                "Assistant: Mended.",
            ]);
        episode.Session.ShouldBe(
            new Session("c1")
            {
                Project = "/home/mia/till",
                Repository = "https://example.com/mia/till.git",
                Branch = "main",
            }
        );
        episode.Model.ShouldBe("gpt-a");
        episode.Events["turn_aborted"].ShouldBe(1);
        episode.Turns[2].RequestId.ShouldNotBe(episode.Turns[4].RequestId);
        episode.StartedAt.ShouldBe(new DateTimeOffset(2025, 2, 1, 10, 0, 0, TimeSpan.Zero));
    }

    [Test]
    public void a_fork_of_codex_counts_its_origins_requests_once_and_has_its_task()
    {
        var both = _episodes.Where(e => e.Format == "codex" && e.Key is "c1" or "c2").ToList();
        both.SelectMany(e => e.Requests)
            .Select(r => r.Usage)
            .OrderByDescending(u => u.Output)
            .ShouldBe([new Usage(600, 400, 0, 50), new Usage(200, 1000, 0, 30), new Usage(100, 900, 0, 10)]);
        both.Select(e => e.TaskId).ShouldBe(["codex/c1", "codex/c1"]);
    }

    [Test]
    public void an_older_rollout_of_codex_has_no_payloads()
    {
        Tell(Of("codex", "c0"))
            .ShouldBe([
                "User: yes",
                "Assistant:  local_shell({\"type\":\"exec\",\"command\":[\"ls\"]})",
                "Tool: a.txt",
                "User: yes",
                "Assistant: There is a.txt.",
            ]);
    }

    [Test]
    public void gemini()
    {
        var episode = Of("gemini-cli", "g1");
        Tell(episode)
            .ShouldBe([
                "User: Read the price list",
                "Assistant: I read it. read_file({\"path\": \"prices.txt\"})",
                "Error: no such file",
                "Assistant: There is none.",
            ]);
        episode.Requests.Select(r => r.Usage).ShouldBe([new Usage(43, 60, 0, 25), new Usage(50, 100, 0, 10)]);
        episode.Turns[2].ToolCallId.ShouldBe("read_file-1");
    }

    [Test]
    public void lines_of_gemini_tell_a_message_again_and_go_back()
    {
        var episode = Of("gemini-cli", "g2");
        Tell(episode).ShouldBe(["User: Say hello", "Assistant: Hello!", "User: Say goodbye"]);
        episode.Usage.ShouldBe(new Usage(10, 0, 0, 2));
    }

    [Test]
    public void qwen_tells_the_live_branch_and_the_usage_of_all()
    {
        var episode = Of("qwen-code", "q1");
        Tell(episode).ShouldBe(["User: List the files", "Assistant: Which files?"]);
        episode
            .Requests.Select(r => r.Usage)
            .ShouldBe([new Usage(60, 40, 0, 15), new Usage(20, 100, 0, 3), new Usage(10, 90, 0, 4)]);
        episode.Session!.Branch.ShouldBe("main");
    }

    [Test]
    public void opencode()
    {
        var episode = Of("opencode", "ses_g1");
        Tell(episode)
            .ShouldBe([
                "User: Run the till test",
                "Harness: Called the Read tool with the following input",
                "Assistant:  bash({\"command\":\"make test\"})",
                "Error: 1 failed",
                "Assistant: It fails.",
            ]);
        episode.Requests.Select(r => r.Usage).ShouldBe([new Usage(20, 100, 50, 7), new Usage(30, 200, 10, 5)]);
        episode.Session!.Project.ShouldBe("/home/mia/till");
    }

    [Test]
    public void cline()
    {
        var episode = Of("cline", "1735725600000");
        Tell(episode)
            .ShouldBe([
                "User: Mend the till test",
                "Harness: <environment_details>",
                "Assistant: I read it. read_file({\"path\":\"till.py\"})",
                "Tool: print(1)",
                "Harness: <environment_details>",
                "Assistant:  execute_command({\"command\": \"make test\"})",
                "Error: 1 failed",
                "Assistant: It fails.",
            ]);
        episode.Turns[3].ToolCallId.ShouldBe(episode.Turns[2].ToolCalls[0].Id);
        episode.Requests.Select(r => r.Usage).ShouldBe([new Usage(10, 0, 300, 20), new Usage(5, 300, 40, 7)]);
    }

    [Test]
    public void goose()
    {
        var episode = Of("goose", "20250204_1");
        Tell(episode)
            .ShouldBe([
                "User: Run the till test",
                "Assistant:  developer__shell({\"command\":\"make test\"})",
                "Tool: 1 failed",
                "Assistant:  developer__shell({\"command\":\"rm till\"})",
                "Error: declined",
            ]);
        episode.UnattributedUsage.ShouldBe(new Usage(110, 0, 0, 20));
    }

    [Test]
    public void pi_tells_the_live_branch_and_the_usage_of_all()
    {
        var episode = Of("pi", "p1");
        Tell(episode).ShouldBe(["User: Only list the tests", "Assistant: till, stock", "Summary: Two tests."]);
        episode.Requests.Select(r => r.Usage).ShouldBe([new Usage(10, 30, 40, 20), new Usage(1, 3, 4, 2)]);
        episode.Model.ShouldBe("claude-a");
    }

    [Test]
    public void openhands()
    {
        var episode = _episodes.Single(e => e.Format == "openhands" && e.Key != "till");
        Tell(episode)
            .ShouldBe([
                "User: Run the till test",
                "Assistant: I run it. execute_bash({\"command\": \"make test\"})",
                "Error: 1 failed",
                "Assistant: It fails.",
            ]);
        episode.Requests.Single().Usage.ShouldBe(new Usage(10, 70, 20, 10));
        episode.UnattributedUsage.ShouldBe(new Usage(40, 100, 10, 5));
    }

    [Test]
    public void the_event_files_of_openhands_are_one_session()
    {
        var episode = Of("openhands", "till");
        Tell(episode)
            .ShouldBe([
                "User: List the tests",
                "Assistant: I look. terminal({\"command\": \"ls\"})",
                "Tool: till stock",
            ]);
        episode.Usage.ShouldBe(new Usage(10, 30, 0, 6));
    }

    private Episode Of(string format, string key) => _episodes.Single(e => e.Format == format && e.Key == key);

    /// <summary>A turn a line: who says it, its first line, its calls.</summary>
    private static IEnumerable<string> Tell(Episode episode) =>
        episode.Turns.Select(t =>
            $"{(t.IsError ? "Error" : t.Origin?.ToString() ?? t.Role.ToString())}: {t.Text.Split('\n')[0]}"
            + string.Concat(t.ToolCalls.Select(c => $" {c.Name}({c.ArgumentsJson})"))
        );
}
