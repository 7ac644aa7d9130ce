namespace Distiller.Tests.Collecting;

/// <summary>The requests of OpenAI's batches stand in one file, and their answers in another.</summary>
internal sealed class a_batch_is_joined_by_custom_id
{
    private const string Asked =
        """{"custom_id":"q-1","method":"POST","url":"/v1/chat/completions","body":{"model":"m","messages":[{"role":"system","content":"be kind"},{"role":"user","content":"hi"}]}}""";
    private const string Answered =
        """{"id":"b1","custom_id":"q-1","response":{"status_code":200,"body":{"id":"chatcmpl-1","created":1767225600,"model":"m-1","choices":[{"index":0,"message":{"role":"assistant","content":"hello"}}],"usage":{"prompt_tokens":12,"completion_tokens":3}}},"error":null}""";
    private const string Failed =
        """{"id":"b2","custom_id":"q-1","response":{"status_code":500,"body":{"error":{"message":"no"}}},"error":null}""";

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void Open() => _folder = new TemporaryFolder();

    [TearDown]
    public void Close() => _folder.Dispose();

    [TestCase("a-input.jsonl", "b-output.jsonl")]
    [TestCase("z-input.jsonl", "b-output.jsonl", Description = "The answer is read first.")]
    [TestCase("in/requests.jsonl", "out/results.jsonl", Description = "In two folders.")]
    [TestCase("z/requests.jsonl", "b/results.jsonl", Description = "In two folders, the answer read first.")]
    public void in_one_collection(string input, string output)
    {
        Logs.Write(_folder, $"logs/{input}", Asked);
        Logs.Write(_folder, $"logs/{output}", Answered);

        using var read = Collected.From(_folder["logs"]);

        (read.Report.Records, read.Report.Stored + read.Report.Duplicates).ShouldBe((2, 2));
        Joined(read.Single);
        var again = read.Again(_folder["logs"]);
        (again.Stored, again.Duplicates, again.Episodes).ShouldBe((0, 2, 0));
        Joined(read.Read().ShouldHaveSingleItem());
    }

    [TestCase(true)]
    [TestCase(false)]
    public void where_one_of_them_came_a_night_before(bool answerFirst)
    {
        var (first, second) = answerFirst ? (Answered, Asked) : (Asked, Answered);
        using var read = Collected.From(Logs.Write(_folder, "first.jsonl", first));
        read.Report.Episodes.ShouldBe(1);

        var later = read.Again(Logs.Write(_folder, "second.jsonl", second));

        (later.Stored, later.Episodes).ShouldBe((1, 0));
        (read.Report.Usage.Output + later.Usage.Output).ShouldBe(3);
        Joined(read.Read().ShouldHaveSingleItem());
    }

    [Test]
    public void an_answer_alone_is_collected_and_a_failed_one_tells_why_not()
    {
        using var read = Collected.From(Logs.Write(_folder, "output.jsonl", Answered, Failed.Replace("q-1", "q-2")));

        (read.Report.Stored, read.Report.Quarantined).ShouldBe((1, 1));
        read.Single.Turns.Single().Text.ShouldBe("hello");
        read.Quarantined.Single().Reason.ShouldContain("failed");
    }

    [Test]
    public void a_failed_answer_leaves_its_request_unanswered()
    {
        Logs.Write(_folder, "input.jsonl", Asked);
        Logs.Write(_folder, "output.jsonl", Failed);

        using var read = Collected.From(_folder["input.jsonl"], _folder["output.jsonl"]);

        read.Report.Quarantined.ShouldBe(0);
        read.Single.Turns.Select(t => t.Text).ShouldBe(["be kind", "hi"]);
        read.Single.Events["error"].ShouldBe(1);
    }

    [Test]
    public void batches_that_count_from_one_are_told_apart_by_the_names_of_their_files()
    {
        for (var batch = 1; batch <= 2; batch++)
        {
            Logs.Write(_folder, $"logs/batch-{batch}-input.jsonl", Asked.Replace("hi", $"hi {batch}"));
            Logs.Write(
                _folder,
                $"logs/batch-{batch}-output.jsonl",
                Answered.Replace("hello", $"hello {batch}").Replace("chatcmpl-1", $"chatcmpl-{batch}")
            );
        }

        using var read = Collected.From(_folder["logs"]);

        read.Episodes.Select(e => string.Join('/', e.Turns.Select(t => t.Text)))
            .ShouldBe(["be kind/hi 1/hello 1", "be kind/hi 2/hello 2"], ignoreOrder: true);
    }

    [Test]
    public void what_may_be_of_several_batches_is_not_joined()
    {
        Logs.Write(_folder, "logs/one.jsonl", Asked.Replace("hi", "hi 1"));
        Logs.Write(_folder, "logs/two.jsonl", Asked.Replace("hi", "hi 2"));
        Logs.Write(_folder, "logs/output.jsonl", Answered);

        using var read = Collected.From(_folder["logs"]);

        read.Report.Stored.ShouldBe(3);
        read.Episodes.Single(e => e.Requests.Count > 0).Turns.Single().Text.ShouldBe("hello");
    }

    private static void Joined(Episode episode)
    {
        episode
            .Turns.Select(t => (t.Role, t.Text))
            .ShouldBe([(TurnRole.System, "be kind"), (TurnRole.User, "hi"), (TurnRole.Assistant, "hello")]);
        episode.Requests.Single().Id.ShouldBe("chatcmpl-1");
        episode.Usage.Output.ShouldBe(3);
        episode.Model.ShouldBe("m-1");
    }
}
