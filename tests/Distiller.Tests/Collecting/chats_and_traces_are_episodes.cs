namespace Distiller.Tests.Collecting;

internal sealed class chats_and_traces_are_episodes
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void Open() => _folder = new TemporaryFolder();

    [TearDown]
    public void Close() => _folder.Dispose();

    [Test]
    public void B07_two_equal_lines_are_one_episode()
    {
        using var read = Collected.Case("B07-openai-chat");
        var episode = read.Single;
        episode.Format.ShouldBe("openai-chat");
        episode
            .Turns.Select(t => t.Role)
            .ShouldBe([TurnRole.System, TurnRole.User, TurnRole.Assistant, TurnRole.Tool, TurnRole.Assistant]);
        episode.Turns[2].ToolCalls.ShouldBe([new ToolCall("c", "weather", """{"city":"Rome"}""")]);
        episode.Turns[3].ToolCallId.ShouldBe("c");
        episode.Session.ShouldBeNull();
        (read.Report.Stored, read.Report.Duplicates, read.Report.Quarantined).ShouldBe((1, 1, 0));
    }

    [Test]
    public void B07_the_older_function_calls_are_calls()
    {
        using var read = Collected.From(
            Logs.Write(
                _folder,
                "old.jsonl",
                """{"messages":[{"role":"user","content":[{"type":"text","text":"a"},{"type":"image_url","image_url":{}}]},{"role":"assistant","content":null,"function_call":{"name":"f","arguments":"not json"}},{"role":"function","name":"f","content":"r"}]}"""
            )
        );
        var turns = read.Single.Turns;
        turns[0].Text.ShouldBe("a\n[image_url]");
        turns[1].ToolCalls.Single().ArgumentsJson.ShouldBe("""{"unparsed":"not json"}""");
        (turns[2].Role, turns[2].ToolCallId).ShouldBe((TurnRole.Tool, turns[1].ToolCalls.Single().Id));
    }

    [Test]
    public void B07_batch_input_and_output_are_read()
    {
        using var read = Collected.From(
            Logs.Write(
                _folder,
                "batch.jsonl",
                """{"custom_id":"q-1","method":"POST","url":"/v1/chat/completions","body":{"model":"m","messages":[{"role":"user","content":"hi"}]}}""",
                """{"id":"b1","custom_id":"q-1","response":{"status_code":200,"request_id":"r","body":{"id":"chatcmpl-1","created":1767225600,"model":"m-1","choices":[{"index":0,"message":{"role":"assistant","content":"hello"}}],"usage":{"prompt_tokens":12,"completion_tokens":3,"prompt_tokens_details":{"cached_tokens":8}}}},"error":null}""",
                """{"id":"b2","custom_id":"q-2","response":{"status_code":500,"body":{"error":{"message":"no"}}},"error":null}"""
            )
        );
        (read.Report.Stored, read.Report.Quarantined).ShouldBe((2, 1));
        read.Quarantined.Single().Reason.ShouldContain("failed");
        var answer = read.Episodes.Single(e => e.Requests.Count > 0);
        answer.Usage.ShouldBe(new Usage(4, 8, 0, 3));
        answer.Requests.Single().Id.ShouldBe("chatcmpl-1");
        var said = answer.Turns.Single();
        (said.Text, said.RequestId, said.Time).ShouldBe(("hello", "chatcmpl-1", answer.StartedAt));
        answer.StartedAt.ShouldBe(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        read.Episodes.Single(e => e.Requests.Count == 0).Turns.Single().Text.ShouldBe("hi");
    }

    [Test]
    public void B07_a_request_and_its_response_are_read()
    {
        using var read = Collected.From(
            Logs.Write(
                _folder,
                "pairs.jsonl",
                """{"request":{"model":"m","instructions":"be kind","input":"2+2?"},"response":{"id":"resp_1","model":"m","output":[{"type":"reasoning","summary":[]},{"type":"message","role":"assistant","content":[{"type":"output_text","text":"I add."}]},{"type":"function_call","call_id":"c","name":"add","arguments":"{\"a\":2}"}],"usage":{"input_tokens":20,"input_tokens_details":{"cached_tokens":5},"output_tokens":6}}}"""
            )
        );
        var episode = read.Single;
        episode.Turns.Select(t => t.Text).ShouldBe(["be kind", "2+2?", "I add."]);
        episode.Turns[2].ToolCalls.ShouldBe([new ToolCall("c", "add", """{"a":2}""")]);
        episode.Turns[2].RequestId.ShouldBe("resp_1");
        episode.Usage.ShouldBe(new Usage(15, 5, 0, 6));
    }

    [Test]
    public void B07_answers_to_the_same_prompt_are_one_task()
    {
        using var read = Collected.From(
            Logs.Write(
                _folder,
                "a.jsonl",
                """{"messages":[{"role":"user","content":"q"},{"role":"assistant","content":"one"}]}""",
                """{"messages":[{"role":"user","content":"q"},{"role":"assistant","content":"two"}]}""",
                """{"messages":[{"role":"user","content":"other"},{"role":"assistant","content":"one"}]}"""
            )
        );
        read.Episodes.Count.ShouldBe(3);
        read.Episodes.Select(e => e.TaskId).Distinct().Count().ShouldBe(2);
    }

    [Test]
    public void B08_a_sharegpt_conversation_is_an_episode()
    {
        using var read = Collected.Case("B08-sharegpt");
        var episode = read.Single;
        episode.Format.ShouldBe("sharegpt");
        episode.Turns.Select(t => (t.Role, t.Text)).ShouldBe([(TurnRole.User, "hi"), (TurnRole.Assistant, "hello")]);
        episode.Session.ShouldBeNull();
    }

    [Test]
    public void B08_calls_and_observations_are_read_from_lines()
    {
        using var read = Collected.From(
            Logs.Write(
                _folder,
                "tools.jsonl",
                """{"system":"S","conversations":[{"from":"human","value":"w?"},{"from":"function_call","value":"{\"name\":\"weather\",\"arguments\":{\"city\":\"Rome\"}}"},{"from":"observation","value":"18"},{"from":"gpt","value":"18."},{"from":"martian","value":"?"}],"tools":"[]"}"""
            )
        );
        var episode = read.Single;
        episode
            .Turns.Select(t => t.Role)
            .ShouldBe([TurnRole.System, TurnRole.User, TurnRole.Assistant, TurnRole.Tool, TurnRole.Assistant]);
        var call = episode.Turns[2].ToolCalls.Single();
        (call.Name, call.ArgumentsJson, episode.Turns[3].ToolCallId).ShouldBe(
            ("weather", """{"city":"Rome"}""", call.Id)
        );
        episode.Events["unreadable_message"].ShouldBe(1);
    }

    [Test]
    public void B12_a_chat_span_is_a_request()
    {
        using var read = Collected.Case("B12-otel");
        var episode = read.Single;
        (episode.Format, episode.Model).ShouldBe(("otel-genai", "m"));
        episode.Requests.Single().Usage.ShouldBe(new Usage(10, 0, 0, 0));
    }

    [Test]
    public void B12_the_spans_of_a_trace_are_one_episode_in_the_order_of_time()
    {
        const string first = "[{\"role\":\"user\",\"parts\":[{\"type\":\"text\",\"content\":\"w?\"}]}]";
        const string called =
            "[{\"role\":\"assistant\",\"parts\":[{\"type\":\"tool_call\",\"id\":\"c\",\"name\":\"weather\",\"arguments\":{\"city\":\"Rome\"}}]}]";
        const string second =
            "[{\"role\":\"user\",\"parts\":[{\"type\":\"text\",\"content\":\"w?\"}]},"
            + "{\"role\":\"assistant\",\"parts\":[{\"type\":\"tool_call\",\"id\":\"c\",\"name\":\"weather\",\"arguments\":{\"city\":\"Rome\"}}]},"
            + "{\"role\":\"tool\",\"parts\":[{\"type\":\"tool_call_response\",\"id\":\"c\",\"response\":\"18\"}]}]";
        const string said = "[{\"role\":\"assistant\",\"parts\":[{\"type\":\"text\",\"content\":\"18.\"}]}]";
        var late = Span("s3", 30, ("gen_ai.input.messages", second), ("gen_ai.output.messages", said));
        var tool = Span(
            "s2",
            20,
            ("gen_ai.operation.name", "execute_tool"),
            ("gen_ai.tool.name", "weather"),
            ("gen_ai.tool.call.id", "c"),
            ("gen_ai.tool.call.result", "18")
        );
        var early = Span(
            "s1",
            10,
            ("gen_ai.input.messages", first),
            ("gen_ai.output.messages", called),
            ("gen_ai.usage.cache_read.input_tokens", 60),
            ("gen_ai.usage.cache_creation.input_tokens", "30")
        );

        using var read = Collected.From(Logs.Write(_folder, "t.jsonl", Export(late), Export(tool, early)));

        var episode = read.Single;
        episode.Turns.Select(t => t.Text).ShouldBe(["w?", "", "18", "18."]);
        episode.Turns[1].ToolCalls.ShouldBe([new ToolCall("c", "weather", """{"city":"Rome"}""")]);
        (episode.Turns[2].ToolCallId, episode.Turns[2].IsError).ShouldBe(("c", false));
        episode.Requests.Count.ShouldBe(2);
        episode.Usage.ShouldBe(new Usage(10 + 100, 60, 30, 10));
        episode.Session!.Name.ShouldBe("trace-1");
        episode.Agent.ShouldBe("my-service");
        (read.Report.Stored, read.Report.Quarantined).ShouldBe((2, 0));
    }

    [Test]
    public void B12_a_conversation_told_in_two_files_is_one_episode_however_often_it_is_collected()
    {
        var one = Logs.Write(_folder, "1.json", Export(Span("s1", 10, ("gen_ai.prompt.0.content", "a"))));
        var two = Logs.Write(
            _folder,
            "2.json",
            Export(
                Span("s1", 10, ("gen_ai.prompt.0.content", "a")),
                Span(
                    "s2",
                    20,
                    ("gen_ai.prompt.0.content", "a"),
                    ("gen_ai.prompt.1.role", "user"),
                    ("gen_ai.prompt.1.content", "b"),
                    ("gen_ai.completion.0.content", "c")
                )
            )
        );
        var three = Logs.Write(_folder, "3.json", Export(Span("s3", 30, ("gen_ai.prompt.0.content", "d"))));

        using var read = Collected.From(one, two, three);
        read.Single.Turns.Select(t => t.Text).ShouldBe(["a", "b", "c", "d"]);
        read.Single.Requests.Count.ShouldBe(3);

        var again = read.Again(three, two, one);
        (again.Stored, again.Duplicates).ShouldBe((0, 3));
        read.Read().Single().Id.ShouldBe(read.Single.Id);
    }

    [Test]
    public void B12_a_request_within_a_request_is_counted_once()
    {
        var outer = Span("s1", 10, ("gen_ai.prompt.0.content", "a"));
        var inner = Span("s2", 11, ("gen_ai.prompt.0.content", "a"))
            .Replace("{\"traceId\"", "{\"parentSpanId\":\"s1\",\"traceId\"");
        inner.ShouldContain("parentSpanId");
        using var read = Collected.From(Logs.Write(_folder, "t.json", Export(outer, inner)));
        read.Single.Requests.Count.ShouldBe(1);
        read.Single.Turns.Count.ShouldBe(1);
    }

    [Test]
    public void B12_messages_in_events_are_read()
    {
        var span = Span("s1", 10)
            .Replace(
                "\"attributes\":",
                """
                "events":[{"name":"gen_ai.user.message","attributes":[{"key":"content","value":{"stringValue":"hi"}}]},{"name":"gen_ai.choice","attributes":[{"key":"message","value":{"stringValue":"{\"role\":\"assistant\",\"content\":\"hello\"}"}}]}],"attributes":
                """.Trim()
            );
        using var read = Collected.From(Logs.Write(_folder, "t.json", Export(span)));
        read.Single.Turns.Select(t => (t.Role, t.Text))
            .ShouldBe([(TurnRole.User, "hi"), (TurnRole.Assistant, "hello")]);
    }

    [Test]
    public void B12_spans_of_anything_else_are_noise()
    {
        using var read = Collected.From(
            Logs.Write(
                _folder,
                "t.json",
                """{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"GET /","attributes":[]}]}]}]}"""
            )
        );
        (read.Report.Noise, read.Report.Quarantined, read.Episodes.Count).ShouldBe((1, 0, 0));
    }

    [Test]
    public void B13_a_langfuse_trace_is_an_episode()
    {
        using var read = Collected.Case("B13-langfuse");
        var episode = read.Single;
        (episode.Format, episode.Key, episode.TaskId).ShouldBe(("langfuse", "t1", "langfuse/sess-1"));
        episode.Outcome.Kind.ShouldBe(OutcomeKind.Succeeded);
        episode.Session!.Name.ShouldBe("sess-1");
        episode.Turns.Select(t => (t.Role, t.Text)).ShouldBe([(TurnRole.User, "hi"), (TurnRole.Assistant, "hello")]);
    }

    [TestCase("""{"name":"Success","value":1}""", OutcomeKind.Succeeded)]
    [TestCase("""{"name":"correct","value":0}""", OutcomeKind.Failed)]
    [TestCase("""{"name":"correct","stringValue":"True","dataType":"BOOLEAN"}""", OutcomeKind.Succeeded)]
    [TestCase("""{"name":"success","value":1},{"name":"correct","value":0}""", OutcomeKind.Failed)]
    [TestCase("""{"name":"success","value":0.5}""", OutcomeKind.Unknown)]
    [TestCase("""{"name":"helpfulness","value":1}""", OutcomeKind.Unknown)]
    [TestCase("7", OutcomeKind.Unknown)]
    public void B13_only_a_score_of_success_judges(string scores, OutcomeKind kind)
    {
        using var read = Collected.From(
            Logs.Write(_folder, "t.jsonl", $$"""{"id":"t","observations":[],"scores":[{{scores}}],"input":"x"}""")
        );
        read.Single.Outcome.Kind.ShouldBe(kind);
    }

    [TestCase(
        """{"input":40,"input_cached_tokens":60,"output":4,"output_reasoning_tokens":6,"total":110}""",
        40,
        60,
        0,
        10
    )]
    [TestCase("""{"input":100,"cache_read_input_tokens":60,"output":10,"total":110}""", 40, 60, 0, 10)]
    [TestCase(
        """{"input":5,"cache_read_input_tokens":60,"cache_creation_input_tokens":30,"output":10}""",
        5,
        60,
        30,
        10
    )]
    [TestCase(
        """{"prompt_tokens":100,"completion_tokens":10,"prompt_tokens_details":{"cached_tokens":60}}""",
        40,
        60,
        0,
        10
    )]
    public void B13_a_generation_is_a_request(string usage, long input, long cacheRead, long cacheWrite, long output)
    {
        using var read = Collected.From(
            Logs.Write(
                _folder,
                "t.json",
                $$$"""
                [{"id":"t","sessionId":null,"scores":[],"observations":[
                {"id":"g2","type":"GENERATION","startTime":"2026-01-01T00:00:09Z","model":"m","input":[{"role":"user","content":"a"},
                {"role":"assistant","content":"b"},{"role":"user","content":"c"}],"output":{"role":"assistant","content":"d"}},
                {"id":"g1","type":"GENERATION","startTime":"2026-01-01T00:00:00Z","model":"m","input":[{"role":"user","content":"a"}],
                "output":"b","usageDetails":{{{usage}}}},{"id":"x","type":"SPAN"}]}]
                """
            )
        );
        var episode = read.Single;
        episode.Turns.Select(t => t.Text).ShouldBe(["a", "b", "c", "d"]);
        episode.Requests.Select(r => r.Id).ShouldBe(["g1", "g2"]);
        episode.Usage.ShouldBe(new Usage(input, cacheRead, cacheWrite, output));
        episode.Turns[1].RequestId.ShouldBe("g1");
        episode.Session.ShouldBeNull();
    }

    private static string Span(string id, int second, params (string Key, object Value)[] attributes)
    {
        var all = attributes
            .Append(("gen_ai.request.model", "m"))
            .Append(("gen_ai.usage.input_tokens", 100))
            .Append(("gen_ai.usage.output_tokens", "5"));
        return Logs.Json(
            new
            {
                traceId = "trace-1",
                spanId = id,
                name = "chat m",
                startTimeUnixNano = $"{1767225600L + second}000000000",
                endTimeUnixNano = 1767225601L * 1_000_000_000 + second,
                attributes = all.Select(a => new
                {
                    key = a.Item1,
                    value = a.Item2 is string text && !a.Item1.Contains("usage")
                        ? (object)new { stringValue = text }
                        : new { intValue = a.Item2 },
                }),
            }
        );
    }

    private static string Export(params string[] spans) =>
        "{\"resourceSpans\":[{\"resource\":{\"attributes\":[{\"key\":\"service.name\",\"value\":{\"stringValue\":\"my-service\"}}]},"
        + $"\"scopeSpans\":[{{\"spans\":[{string.Join(',', spans)}]}}]}}]}}";
}
