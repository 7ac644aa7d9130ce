using System.IO.Compression;
using System.Text.Json;

namespace Distiller.Tests.Collecting;

internal sealed class trajectories_are_episodes
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void Open() => _folder = new TemporaryFolder();

    [TearDown]
    public void Close() => _folder.Dispose();

    [Test]
    public void B11_an_atif_trajectory_is_an_episode()
    {
        using var read = Collected.Case("B11-atif");
        var episode = read.Single;
        (episode.Format, episode.Key, episode.TaskId).ShouldBe(("atif", "t", "atif/t"));
        (episode.Agent, episode.Model).ShouldBe(("terminus-2", "m"));
        episode.Turns.Select(t => t.Role).ShouldBe([TurnRole.User, TurnRole.Assistant, TurnRole.Tool]);
        episode.Turns[2].ToolCallId.ShouldBe("c");
        episode.Usage.ShouldBe(new Usage(10, 0, 0, 2));
        episode.Requests.Count.ShouldBe(1);
        episode.Outcome.ShouldBe(Outcome.Unknown);
        episode.Session.ShouldBeNull();
    }

    [Test]
    public void B11_a_subagents_trajectory_is_an_episode_of_the_same_task_and_copies_cost_nothing()
    {
        var trajectory = new
        {
            schema_version = "ATIF-v1.7",
            session_id = "s",
            agent = new { name = "a", model_name = "m" },
            steps = new object[]
            {
                new
                {
                    step_id = 1,
                    source = "user",
                    message = new[] { new { type = "text", text = "do" } },
                },
                new
                {
                    step_id = 2,
                    source = "agent",
                    message = "old",
                    is_copied_context = true,
                    metrics = new { prompt_tokens = 7, completion_tokens = 7 },
                },
                new
                {
                    step_id = 3,
                    source = "agent",
                    message = "new",
                    metrics = new
                    {
                        prompt_tokens = 100,
                        completion_tokens = 5,
                        cached_tokens = 70,
                    },
                    observation = new
                    {
                        results = new[] { new { subagent_trajectory_ref = new[] { new { trajectory_id = "child" } } } },
                    },
                },
            },
            subagent_trajectories = new[]
            {
                new
                {
                    trajectory_id = "child",
                    steps = new[]
                    {
                        new
                        {
                            step_id = 1,
                            source = "user",
                            message = "sub",
                        },
                    },
                    final_metrics = new { total_prompt_tokens = 11, total_completion_tokens = 3 },
                },
            },
        };

        using var read = Collected.From(Logs.Write(_folder, "agent/trajectory.json", Logs.Json(trajectory)));

        read.Episodes.Select(e => e.Key).ShouldBe(["s", "s/child"]);
        read.Episodes.ShouldAllBe(e => e.TaskId == "atif/s");
        read.Episodes[0].Usage.ShouldBe(new Usage(30, 70, 0, 5));
        read.Episodes[1].Usage.ShouldBe(new Usage(11, 0, 0, 3));
    }

    [TestCase("""{"rewards":{"reward":1.0}}""", OutcomeKind.Succeeded)]
    [TestCase("""{"rewards":{"reward":0.5}}""", OutcomeKind.Failed)]
    [TestCase("null", OutcomeKind.Unknown)]
    public void B11_harbors_verifier_judges_its_trial(string verdict, OutcomeKind kind)
    {
        var file = Logs.Write(
            _folder,
            "trial/agent/trajectory.json",
            """{"schema_version":"ATIF-v1.5","session_id":"s","agent":{"name":"a"},"steps":[{"source":"user","message":"x"}]}"""
        );
        Logs.Write(
            _folder,
            "trial/result.json",
            $$"""{"trial_name":"n","task_name":"fix-it","agent_info":{},"verifier_result":{{verdict}}}"""
        );
        using var read = Collected.From(_folder["trial"]);
        file.ShouldNotBeEmpty();
        read.Single.Outcome.Kind.ShouldBe(kind);
        read.Single.TaskId.ShouldBe("atif/fix-it");
        (read.Report.Noise, read.Report.Quarantined).ShouldBe((1, 0), "result.json");
    }

    [Test]
    public void B16_a_submission_is_not_a_success()
    {
        using var read = Collected.Case("B16-swe-agent");
        var episode = read.Single;
        (episode.Format, episode.TaskId).ShouldBe(("swe-agent", "swe-agent/x"));
        episode.Outcome.ShouldBe(Outcome.Unknown);
        episode.Usage.ShouldBe(new Usage(10, 0, 0, 2));
        episode.Events["exit_status:submitted"].ShouldBe(1);
        episode.Turns.Select(t => t.Text).ShouldBe(["look", "a"]);
        episode.Turns[0].ToolCalls.Single().Name.ShouldBe("bash");
        episode.Turns[0].ToolCalls.Single().ArgumentsJson.ShouldBe("""{"command":"ls"}""");
        episode.Turns[1].ToolCallId.ShouldBe(episode.Turns[0].ToolCalls.Single().Id);
    }

    [TestCase("""{"x":{"resolved":true}}""", OutcomeKind.Succeeded)]
    [TestCase("""{"x":{"resolved":false}}""", OutcomeKind.Failed)]
    [TestCase("""{"resolved_ids":["x"],"unresolved_ids":[]}""", OutcomeKind.Succeeded)]
    [TestCase("""{"resolved_ids":["y"],"unresolved_ids":["x"]}""", OutcomeKind.Failed)]
    [TestCase("""{"resolved_ids":["y"],"error_ids":["x"]}""", OutcomeKind.Unknown)]
    [TestCase("""{"x":{"resolved":"yes"}}""", OutcomeKind.Unknown)]
    [TestCase("[", OutcomeKind.Unknown)]
    public void B16_a_report_beside_it_judges(string report, OutcomeKind kind)
    {
        var file = Logs.Write(
            _folder,
            "run/x/x.traj",
            """{"trajectory":[{"action":"ls","observation":"a"}],"history":[],"info":{"exit_status":"exit_cost"}}"""
        );
        Logs.Write(_folder, "run/x/report.json", report);
        using var read = Collected.From(file);
        read.Single.Outcome.Kind.ShouldBe(kind);
        read.Single.Events["exit_status:exit_cost"].ShouldBe(1);
    }

    [Test]
    public void B16_the_history_tells_the_task_and_the_functions_that_were_called()
    {
        var file = Logs.Write(
            _folder,
            "y.traj",
            """
            {"trajectory":[{"action":"open f","observation":"1: x","response":"I open it","thought":"see"},
            {"action":"submit","observation":null,"response":"done","thought":""}],
            "history":[{"role":"system","content":"SETTING","agent":"main"},
            {"role":"user","content":"a demonstration","is_demo":true,"agent":"main"},
            {"role":"user","content":"ISSUE","agent":"main","message_type":"observation"},
            {"role":"assistant","content":"I open it","action":"open f","agent":"main",
             "tool_calls":[{"id":"c9","type":"function","function":{"name":"open","arguments":"{\"path\":\"f\"}"}}]},
            {"role":"tool","content":"1: x (elided)","tool_call_ids":["c9"],"agent":"main"}],"info":{}}
            """.ReplaceLineEndings("")
        );
        using var read = Collected.From(file);
        var turns = read.Single.Turns;
        turns
            .Select(t => t.Role)
            .ShouldBe([TurnRole.System, TurnRole.User, TurnRole.Assistant, TurnRole.Tool, TurnRole.Assistant]);
        turns[1].Text.ShouldBe("ISSUE");
        turns[2].ToolCalls.ShouldBe([new ToolCall("c9", "open", """{"path":"f"}""")]);
        (turns[3].Text, turns[3].ToolCallId).ShouldBe(("1: x", "c9"));
        (turns[4].Text, turns[4].ToolCalls.Single().Name).ShouldBe(("done", "bash"));
        read.Single.Events["demonstration"].ShouldBe(1);
    }

    [Test]
    public void a_mini_trajectory_has_its_commands_and_what_came_of_them()
    {
        var file = Logs.Write(
            _folder,
            "fix-1/fix-1.traj.json",
            """
            {"trajectory_format":"mini-swe-agent-1","info":{"exit_status":"LimitsExceeded","model_stats":{"api_calls":2},
            "config":{"model":{"model_name":"m"}}},"messages":[{"role":"system","content":"S"},{"role":"user","content":"fix it"},
            {"role":"assistant","content":"THOUGHT: look\n\n```bash\nls -la\n```","extra":{"response":{"id":"r1","usage":
            {"prompt_tokens":50,"completion_tokens":4,"prompt_tokens_details":{"cached_tokens":20}}}}},
            {"role":"user","content":"<returncode>2</returncode>\n<output>no</output>"},
            {"role":"assistant","content":"no command here"},{"role":"user","content":"Please always provide one command."}]}
            """
        );
        using var read = Collected.From(file);
        var episode = read.Single;
        (episode.Format, episode.TaskId, episode.Model).ShouldBe(("mini-swe-agent", "mini-swe-agent/fix-1", "m"));
        episode.Usage.ShouldBe(new Usage(30, 20, 0, 4));
        episode.Turns[2].ToolCalls.Single().ArgumentsJson.ShouldBe("""{"command":"ls -la"}""");
        (episode.Turns[3].Role, episode.Turns[3].IsError).ShouldBe((TurnRole.Tool, true));
        (episode.Turns[5].Role, episode.Turns[5].Origin).ShouldBe((TurnRole.User, TurnOrigin.Harness));
        episode.Outcome.ShouldBe(Outcome.Unknown);
        episode.Events["exit_status:LimitsExceeded"].ShouldBe(1);
    }

    [Test]
    public void B19_an_inspect_sample_is_an_episode()
    {
        using var read = Collected.Case("B19-inspect");
        var episode = read.Single;
        (episode.Format, episode.TaskId, episode.Model).ShouldBe(("inspect", "inspect/t/1", "m"));
        episode.Outcome.ShouldBe(new Outcome(OutcomeKind.Succeeded, "Inspect scorers", 1));
        episode.Turns.Select(t => t.Text).ShouldBe(["q", "a"]);
    }

    [TestCase("""{"a":{"value":"C"},"b":{"value":true},"c":{"value":1}}""", OutcomeKind.Succeeded)]
    [TestCase("""{"a":{"value":"C"},"b":{"value":"I"}}""", OutcomeKind.Failed)]
    [TestCase("""{"a":{"value":"P"}}""", OutcomeKind.Failed)]
    [TestCase("""{"a":{"value":"N"}}""", OutcomeKind.Failed)]
    [TestCase("""{"a":{"value":0.25}}""", OutcomeKind.Failed)]
    [TestCase("""{"a":{"value":false}}""", OutcomeKind.Failed)]
    [TestCase("""{"a":{"value":"a text"},"b":7}""", OutcomeKind.Succeeded)]
    [TestCase("""{"a":{"value":{"x":1}}}""", OutcomeKind.Unknown)]
    [TestCase("""{}""", OutcomeKind.Unknown)]
    [TestCase("""null""", OutcomeKind.Unknown)]
    public void B19_every_scorer_must_find_it_correct(string scores, OutcomeKind kind)
    {
        using var read = Collected.From(Inspect($"\"scores\":{scores}"));
        read.Single.Outcome.Kind.ShouldBe(kind);
    }

    [TestCase("\"error\":{\"message\":\"boom\"}", "error")]
    [TestCase("\"limit\":{\"type\":\"message\",\"limit\":10}", "limit:message")]
    public void B19_an_error_or_a_limit_is_unknown(string member, string told)
    {
        using var read = Collected.From(Inspect($"{member},\"scores\":{{\"a\":{{\"value\":\"I\"}}}}"));
        read.Single.Outcome.ShouldBe(Outcome.Unknown);
        read.Single.Events[told].ShouldBe(1);
    }

    [TestCase(100, 60, 0, 10, 110, 40, 60)]
    [TestCase(100, 60, 5, 10, 175, 100, 60)]
    public void B19_the_total_tells_whether_the_cache_is_a_part_of_the_input(
        long input,
        long read,
        long write,
        long output,
        long total,
        long fresh,
        long cached
    )
    {
        var usage =
            $"\"model_usage\":{{\"m\":{{\"input_tokens\":{input},\"input_tokens_cache_read\":{read},\"input_tokens_cache_write\":{write},"
            + $"\"output_tokens\":{output},\"total_tokens\":{total}}},\"grader\":{{\"input_tokens\":9999}}}}";
        using var log = Collected.From(Inspect(usage));
        log.Single.Usage.ShouldBe(new Usage(fresh, cached, write, output));
    }

    [Test]
    public void B19_attachments_are_put_in_their_place()
    {
        using var read = Collected.From(
            Inspect(
                "\"messages\":[{\"role\":\"user\",\"content\":\"attachment://abc0\"},"
                    + "{\"role\":\"tool\",\"tool_call_id\":\"t\",\"content\":\"\",\"error\":{\"type\":\"timeout\",\"message\":\"attachment://dead\"}}],"
                    + "\"attachments\":{\"abc0\":\"the long text\"}"
            )
        );
        read.Single.Turns[0].Text.ShouldBe("the long text");
        read.Single.Turns[1].Text.ShouldBe("attachment://dead");
        (read.Single.Turns[1].IsError, read.Single.Turns[1].ToolCallId).ShouldBe((true, "t"));
    }

    [Test]
    public void B19_the_archive_of_a_log_holds_the_same_episodes()
    {
        const string sample =
            """{"id":"s","epoch":1,"uuid":"u","input":"q","messages":[],"scores":{"a":{"value":"C"}}}""";
        const string eval = "\"version\":2,\"status\":\"success\",\"eval\":{\"task\":\"t\",\"model\":\"m\"}";
        var json = Logs.Write(_folder, "log.json", $"{{{eval},\"samples\":[{sample}]}}");
        var archive = Archive(
            "log.eval",
            ("samples/s_epoch_1.json", sample),
            ("samples/../../etc/broken.json", "{\"id\":"),
            ("notes.txt", "hi"),
            ("header.json", $"{{{eval}}}")
        );

        using var read = Collected.From(archive, json);

        read.Single.Key.ShouldBe("t/s/1/u");
        (read.Report.Stored, read.Report.Duplicates, read.Report.Quarantined).ShouldBe((1, 1, 1));
    }

    [Test]
    public void B19_an_archive_that_unpacks_to_too_much_is_refused_without_being_unpacked()
    {
        const string eval = "{\"version\":2,\"eval\":{\"task\":\"t\",\"model\":\"m\"}}";
        var bomb = $"{{\"id\":\"b\",\"pad\":\"{new string('0', 8 << 20)}\"}}";
        var archive = Archive(
            "log.eval",
            ("header.json", eval),
            ("samples/a.json", """{"id":"a","messages":[{"role":"user","content":"x"}]}"""),
            ("samples/b.json", bomb)
        );
        new FileInfo(archive).Length.ShouldBeLessThan(64 << 10);
        using var home = new TemporaryFolder();
        using var workspace = Lake.Workspace.Open(home["home"]);

        var report = Logs.Collect(workspace, new Distiller.Logs.CollectOptions { DocumentBytesMax = 1 << 20 }, archive);

        (report.Stored, report.Quarantined).ShouldBe((1, 1));
        workspace.Quarantine.List().Single().Reason.ShouldContain("at most 1048576");
    }

    [Test]
    public void B19_a_damaged_archive_is_told()
    {
        var archive = Archive("log.eval", ("header.json", "{\"version\":2,\"eval\":{\"task\":\"t\",\"model\":\"m\"}}"));
        var bytes = File.ReadAllBytes(archive);
        File.WriteAllBytes(archive, bytes[..(bytes.Length / 2)]);
        using var read = Collected.From(_folder.Path);
        (read.Report.Quarantined, read.Report.Noise).ShouldBe((1, 0));
    }

    private string Inspect(string members)
    {
        var sample = JsonSerializer.Deserialize<JsonElement>($"{{{members}}}");
        var text = sample.TryGetProperty("messages", out _) ? "" : "\"input\":\"q\",";
        return Logs.Write(
            _folder,
            "log.json",
            $"{{\"version\":2,\"status\":\"success\",\"eval\":{{\"task\":\"t\",\"model\":\"m\"}},\"samples\":[{{\"id\":1,{text}{members}}}]}}"
        );
    }

    private string Archive(string name, params (string Name, string Text)[] files)
    {
        using var zip = ZipFile.Open(_folder[name], ZipArchiveMode.Create);
        foreach (var (file, text) in files)
        {
            using var writer = new StreamWriter(zip.CreateEntry(file).Open());
            writer.Write(text);
        }

        return _folder[name];
    }
}
