namespace Distiller.Tests.Collecting;

internal sealed class benchmarks_are_judged_as_they_say
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void Open() => _folder = new TemporaryFolder();

    [TearDown]
    public void Close() => _folder.Dispose();

    [Test]
    public void B01_the_results_of_a_trial_are_one_episode()
    {
        using var read = Collected.Case("B01-terminal-bench-trial");
        var episode = read.Single;
        episode.Format.ShouldBe("terminal-bench");
        episode.Outcome.Kind.ShouldBe(OutcomeKind.Succeeded);
        episode.Usage.ShouldBe(new Usage(1200, 0, 0, 34));
        episode.TaskId.ShouldBe("terminal-bench/make-it");
        episode.Session.ShouldBeNull();
        read.Report.Quarantined.ShouldBe(0);
    }

    [TestCase("B02-terminal-bench-run")]
    [TestCase("B02c-terminal-bench-array")]
    public void B02_the_results_of_a_run_are_an_episode_a_trial(string name)
    {
        using var read = Collected.Case(name);
        read.Episodes.Select(e => e.Outcome.Kind)
            .ShouldBe([OutcomeKind.Succeeded, OutcomeKind.Failed], ignoreOrder: true);
        read.Report.Stored.ShouldBe(2);
        read.Report.Quarantined.ShouldBe(0);
    }

    [Test]
    public void B01_and_B02_tell_of_the_same_trial()
    {
        using var read = Collected.From(
            SharedFiles.Path("cases/B01-terminal-bench-trial"),
            SharedFiles.Path("cases/B02-terminal-bench-run"),
            SharedFiles.Path("cases/B02c-terminal-bench-array")
        );
        read.Episodes.Count.ShouldBe(2);
        read.Report.Duplicates.ShouldBe(3);
    }

    [Test]
    public void a_trial_is_one_episode_whether_its_line_names_the_run_or_not()
    {
        var line = Logs.Trial("a").Replace("{\"trial_name\"", "{\"_agent_run\":\"night-1\",\"trial_name\"");
        line.ShouldContain("night-1");
        var document = Logs.Write(_folder, "trial/results.json", Logs.Trial("a").Replace(",", ",\n"));
        var run = Logs.Write(_folder, "run/results.json", $"{{\"n_resolved\":1,\n\"results\":[{Logs.Trial("a")}]}}");

        var lines = Logs.Write(_folder, "trials.jsonl", line);
        using var read = Collected.From(lines, document, run);

        read.Single.Agent.ShouldBe("night-1", "the first that tells of a trial stays");
        read.Report.Episodes.ShouldBe(1);
        read.Again(run, document, lines).Stored.ShouldBe(0);
    }

    [Test]
    public void a_run_that_was_stopped_before_its_first_trial_is_noise()
    {
        var run = Logs.Write(_folder, "results.json", """{"id":"a","results":[],"n_resolved":0,"n_unresolved":0}""");
        using var read = Collected.From(run);
        (read.Report.Noise, read.Report.Quarantined, read.Episodes.Count).ShouldBe((1, 0, 0));
    }

    [Test]
    public void in_a_run_the_trials_beside_a_broken_one_are_kept()
    {
        var bad = Logs.Trial("b", input: "seven");
        var run = Logs.Write(_folder, "results.json", $"{{\"results\":[{Logs.Trial("a")},{bad},3,{Logs.Trial("c")}]}}");
        using var read = Collected.From(run);
        (read.Report.Stored, read.Report.Quarantined).ShouldBe((2, 2));
    }

    [Test]
    public void B04_a_tau2_document_is_an_episode_a_simulation()
    {
        using var read = Collected.Case("B04-tau2");
        var episode = read.Single;
        (episode.Format, episode.TaskId, episode.Model).ShouldBe(("tau2", "tau2/retail/3", "m"));
        episode.Outcome.ShouldBe(new Outcome(OutcomeKind.Succeeded, "tau2 reward", 1));
        (episode.Turns[0].Role, episode.Turns[0].Text).ShouldBe((TurnRole.System, "# Retail agent policy\nBe kind."));
        episode.Turns.Count.ShouldBe(7);
        episode.Turns[3].ToolCalls.Single().ArgumentsJson.ShouldContain("\"7\"");
        (episode.Turns[4].Role, episode.Turns[4].ToolCallId).ShouldBe((TurnRole.Tool, "c1"));
        episode.Requests.Select(r => r.Usage).ShouldBe([new Usage(3000, 0, 0, 20), new Usage(3050, 0, 0, 8)]);
        episode.StartedAt.ShouldBe(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        episode.Session.ShouldBeNull();
    }

    [Test]
    public void B04_what_the_simulated_user_calls_is_not_the_agents()
    {
        var messages = new object[]
        {
            new
            {
                role = "user",
                content = (string?)null,
                tool_calls = new[]
                {
                    new
                    {
                        id = "u1",
                        name = "toggle_data",
                        arguments = new { },
                        requestor = "user",
                    },
                },
                usage = new { prompt_tokens = 900, completion_tokens = 9 },
            },
            new
            {
                role = "tool",
                id = "u1",
                content = "on",
                requestor = "user",
            },
            new { role = "user", content = "It is on." },
            new
            {
                role = "assistant",
                content = "Good.",
                usage = new
                {
                    prompt_tokens = 100,
                    completion_tokens = 2,
                    prompt_tokens_details = new { cached_tokens = 60 },
                },
            },
        };

        using var read = Collected.From(Tau2("r.json", "user_stop", 0.0, messages));

        var episode = read.Single;
        episode.Turns.ShouldNotContain(t => t.Role == TurnRole.Tool || t.ToolCalls.Count > 0);
        episode.Turns.Select(t => t.Role).ShouldBe([TurnRole.System, TurnRole.User, TurnRole.Assistant]);
        episode.Usage.ShouldBe(new Usage(40, 60, 0, 2));
        episode.Outcome.Kind.ShouldBe(OutcomeKind.Failed);
        episode.Events["user_tool_call"].ShouldBe(1);
    }

    [TestCase("infrastructure_error", 0.0, OutcomeKind.Unknown)]
    [TestCase("user_error", 0.0, OutcomeKind.Unknown)]
    [TestCase("max_steps", 0.0, OutcomeKind.Failed)]
    [TestCase("agent_stop", 0.9999999999, OutcomeKind.Succeeded)]
    [TestCase("agent_stop", null, OutcomeKind.Unknown)]
    public void B04_an_end_that_is_not_the_agents_is_unknown(string end, double? reward, OutcomeKind kind)
    {
        using var read = Collected.From(Tau2("r.json", end, reward, [new { role = "user", content = "hi" }]));
        read.Single.Outcome.Kind.ShouldBe(kind);
        read.Single.Events[$"termination:{end}"].ShouldBe(1);
    }

    [Test]
    public void B05_an_infrastructure_error_is_unknown()
    {
        using var read = Collected.Case("B05-tau-infra-error");
        read.Episodes.ToDictionary(e => e.TaskId[^1], e => e.Outcome.Kind)
            .ShouldBe(
                new Dictionary<char, OutcomeKind>
                {
                    ['0'] = OutcomeKind.Succeeded,
                    ['1'] = OutcomeKind.Unknown,
                    ['2'] = OutcomeKind.Unknown,
                    ['3'] = OutcomeKind.Succeeded,
                },
                ignoreOrder: true
            );
        read.Episodes.Single(e => e.TaskId.EndsWith('1')).Events["infrastructure_error"].ShouldBe(1);
    }

    [TestCase(0.999998, OutcomeKind.Failed)]
    [TestCase(0.9999995, OutcomeKind.Succeeded)]
    public void B05_a_reward_is_full_within_a_millionth(double reward, OutcomeKind kind)
    {
        File.WriteAllText(_folder["r.json"], $"[{Logs.Tau(1, 0, reward)}]");
        using var read = Collected.From(_folder["r.json"]);
        read.Single.Outcome.Kind.ShouldBe(kind);
    }

    [Test]
    public void a_run_of_ljoukovs_has_the_verdict_of_its_summary()
    {
        var run = """
            {"model":"m","taskId":"t","runIndex":2,"result":{"steps":[{"step":1,"modelVersion":"m-1","text":"hi","toolCalls":[
            {"callId":"c","toolName":"read_file","input":{"file_path":"TASK.md"},"output":"L1"},
            {"toolName":"write_file","input":"no object","error":"denied"}],
            "usage":{"promptTokens":100,"cachedTokens":60,"responseTokens":7,"thinkingTokens":5,"totalTokens":112}}]}}
            """;
        var path = Logs.Write(_folder, "latest/workspaces/m-t-2/agent-run.json", run);
        using (var alone = Collected.From(path))
        {
            alone.Single.Outcome.ShouldBe(Outcome.Unknown);
        }

        Logs.Write(
            _folder,
            "latest/summary.json",
            """
            {"models":["m"],"tasks":[],"graderModel":"g","results":[{"model":"m","taskId":"t","runIndex":1,"success":false},
            {"model":"m","taskId":"t","runIndex":2,"success":true}]}
            """
        );
        using var read = Collected.From(_folder["latest"]);
        var episode = read.Single;
        episode.Outcome.Kind.ShouldBe(OutcomeKind.Succeeded);
        episode.Usage.ShouldBe(new Usage(40, 60, 0, 12));
        episode.Requests.Single().Model.ShouldBe("m-1");
        episode.Turns.Select(t => t.IsError).ShouldBe([false, false, true]);
        episode.Turns[2].ToolCallId.ShouldBe(episode.Turns[0].ToolCalls[1].Id);
        (read.Report.Noise, read.Report.Quarantined).ShouldBe((1, 0), "the summary");
    }

    private string Tau2(string name, string end, double? reward, object[] messages) =>
        Logs.Write(
            _folder,
            name,
            Logs.Json(
                new
                {
                    info = new { environment_info = new { domain_name = "telecom", policy = "Be kind." } },
                    tasks = Array.Empty<object>(),
                    simulations = new[]
                    {
                        new
                        {
                            id = "s1",
                            task_id = "3",
                            trial = 0,
                            termination_reason = end,
                            reward_info = reward is null ? null : new { reward },
                            messages,
                        },
                    },
                }
            )
        );
}
