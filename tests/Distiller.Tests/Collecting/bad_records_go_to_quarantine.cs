using Distiller.Lake;
using Distiller.Logs;

namespace Distiller.Tests.Collecting;

internal sealed class bad_records_go_to_quarantine
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

    private static IEnumerable<TestCaseData> BadLines()
    {
        var good = Logs.Trial("x");
        yield return new TestCaseData("{\"trial_name\": \"cut", "not valid JSON").SetArgDisplayNames("cut off");
        yield return new TestCaseData(good + good, "not valid JSON").SetArgDisplayNames("two values");
        yield return new TestCaseData("[1]", "not a JSON object").SetArgDisplayNames("an array");
        yield return new TestCaseData("{}", "'trial_name'").SetArgDisplayNames("empty");
        yield return new TestCaseData(good.Replace("\"t.x\"", "5"), "'trial_name' is not a text").SetArgDisplayNames(
            "wrong type"
        );
        yield return new TestCaseData(Logs.Trial("x", input: -1), "'total_input_tokens'").SetArgDisplayNames(
            "negative tokens"
        );
        yield return new TestCaseData(Logs.Trial("x", input: 1e300), "'total_input_tokens'").SetArgDisplayNames(
            "huge tokens"
        );
        yield return new TestCaseData(Logs.Trial("x", input: 1.5), "'total_input_tokens'").SetArgDisplayNames(
            "half a token"
        );
        yield return new TestCaseData(Logs.Trial("x", input: "7"), "'total_input_tokens'").SetArgDisplayNames(
            "tokens as text"
        );
        yield return new TestCaseData(new string('[', 100_000), "deeper than 64").SetArgDisplayNames("deep nesting");
    }

    [TestCaseSource(nameof(BadLines))]
    public void a_bad_line_is_told_with_its_place_and_the_rest_goes_on(string line, string reason)
    {
        var log = Logs.Write(_folder, "trials.jsonl", Logs.Trial("a"), "", line, Logs.Trial("b"));

        var report = Logs.Collect(_workspace, log);

        (report.Records, report.Stored, report.Quarantined, report.Episodes).ShouldBe((3, 2, 1, 2));
        var refused = _workspace.Quarantine.List().Single();
        refused.Place.ShouldBe(new SourceLocation(log, 3));
        refused.Reason.ShouldContain(reason);
        refused.Remedy.ShouldNotBeEmpty();
        refused.Format.ShouldBe("terminal-bench");
        refused.Excerpt.Length.ShouldBeLessThanOrEqualTo(200);
    }

    [TestCase("\\ud800", "\uFFFD")]
    [TestCase("\\uDC00", "\uFFFD")]
    [TestCase("\\ud83d\\ude00", "\U0001F600")]
    [TestCase("\\ud83d\\ud83d\\ude00", "\uFFFD\U0001F600")]
    [TestCase("\\\\ud800", "\\ud800")]
    public void half_a_surrogate_pair_costs_itself(string escaped, string read)
    {
        var line = Logs.Trial("a").Replace("Do the", escaped);
        line.ShouldContain(escaped);
        Logs.Collect(_workspace, Logs.Write(_folder, "log", line)).Stored.ShouldBe(1);
        _workspace.Episodes.Read().Single().Turns.Single().Text.ShouldBe($"{read} thing a");
    }

    [Test]
    public void bytes_that_are_not_utf8_are_refused()
    {
        var log = Logs.Write(_folder, "log", Logs.Trial("a"), Logs.Trial("b"));
        var bytes = File.ReadAllBytes(log);
        bytes[^10] = 0xFF;
        File.WriteAllBytes(log, bytes);
        Logs.Collect(_workspace, log).Quarantined.ShouldBe(1);
        _workspace.Quarantine.List().Single().Reason.ShouldContain("UTF-8");
    }

    [Test]
    public void the_same_bad_file_twice_adds_nothing()
    {
        var log = Logs.Write(_folder, "log", Logs.Trial("a"), "{broken", "{broken too");
        var first = Logs.Collect(_workspace, log);
        var second = Logs.Collect(_workspace, log);
        (first.Quarantined, second.Quarantined).ShouldBe((2, 2));
        (second.Stored, second.Duplicates).ShouldBe((0, 1));
        _workspace.Quarantine.Count().ShouldBe(2);
        Directory.GetFiles(_folder["home/quarantine/parts"]).Length.ShouldBe(1);
    }

    [Test]
    public void a_huge_line_is_refused_without_being_held()
    {
        var path = _folder["log"];
        using (var file = new StreamWriter(path))
        {
            file.WriteLine(Logs.Trial("a"));
            file.Write("{\"x\":[\"\"");
            var piece = $",\"{new string('x', (1 << 17) - 3)}\""; // Too short to be shortened.
            for (var i = 0; i < 400; i++)
            {
                file.Write(piece);
            }

            file.WriteLine("]}");
            file.WriteLine(Logs.Trial("b"));
        }

        var report = Logs.Collect(_workspace, path);

        (report.Stored, report.Quarantined).ShouldBe((2, 1));
        var refused = _workspace.Quarantine.List().Single();
        refused.Reason.ShouldContain("52428810 bytes");
        refused.Place.Line.ShouldBe(2);
        using var whole = File.OpenRead(path);
        whole.Seek(Logs.Trial("a").Length + 1, SeekOrigin.Begin);
        var line = new byte[52428810];
        whole.ReadExactly(line);
        refused.Sha256.ShouldBe(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(line)));
    }

    [TestCase("", "empty")]
    [TestCase("hello world\nthis is prose\n", "not known")]
    [TestCase("{\"a\": 1}\n", "not known")]
    [TestCase("{\n  \"pretty\": [1, 2]\n}\n", "not known")]
    [TestCase("[{\"a\": 1}]", "not known")]
    [TestCase("[", "not known")]
    [TestCase("\0\u0001\u0002", "not known")]
    public void a_file_of_unknown_format_is_one_record(string content, string reason)
    {
        File.WriteAllText(_folder["file"], content);
        var report = Logs.Collect(_workspace, _folder["file"]);
        (report.Records, report.Quarantined).ShouldBe((1, 1));
        report.Formats.Keys.ShouldBe(["unknown"]);
        var refused = _workspace.Quarantine.List().Single();
        refused.Reason.ShouldContain(reason);
        refused.Place.ShouldBe(new SourceLocation(_folder["file"], 0));
    }

    [Test]
    public void a_file_that_cannot_be_read_is_one_record_and_the_others_go_on()
    {
        var gone = Logs.Write(_folder, "1", Logs.Trial("g"));
        var log = Logs.Write(_folder, "2", Logs.Trial("a"));
        var deleteFirst = new Deleting(gone);
        var report = Collector.Collect([gone, log], _workspace, new CollectOptions(), deleteFirst);
        (report.Stored, report.Quarantined).ShouldBe((1, 1));
        _workspace.Quarantine.List().Single().Reason.ShouldContain("cannot be read");
    }

    [Test]
    public void a_path_that_does_not_exist_stops_the_collection_before_it_starts()
    {
        var error = Should.Throw<BadInputException>(() => Logs.Collect(_workspace, _folder["nowhere"]));
        error.Place.File.ShouldBe(_folder["nowhere"]);
        Logs.Collect(_workspace, Logs.Write(_folder, "log", Logs.Trial("a"))).Stored.ShouldBe(1);
    }

    [Test]
    public void links_are_not_followed()
    {
        Logs.Write(_folder, "outside/secret.jsonl", Logs.Trial("s"));
        Logs.Write(_folder, "in/log.jsonl", Logs.Trial("a"));
        Directory.CreateSymbolicLink(_folder["in/link"], _folder["outside"]);
        Directory.CreateSymbolicLink(_folder["in/circle"], _folder["in"]);
        File.CreateSymbolicLink(_folder["in/file"], _folder["outside/secret.jsonl"]);
        Logs.Collect(_workspace, _folder["in"]).Records.ShouldBe(1);
    }

    [Test]
    public void in_an_array_the_elements_before_and_after_a_broken_one_are_kept()
    {
        var broken = Logs.Tau(2, 0, 0)
            .Replace("\"role\":\"user\",\"content\":\"Hello\"", "\"role\":\"user\",\"content\":\"Hello");
        File.WriteAllText(
            _folder["r.json"],
            $"[{Logs.Tau(1, 0, 1)},\n {broken}, {Logs.Tau(3, 0, 1)} , 17, {Logs.Tau(4, 0, 1)}, {{\"task_id\": 5}}, {Logs.Tau(6, 0, 1)}]"
        );

        var report = Logs.Collect(_workspace, _folder["r.json"]);

        report.Stored.ShouldBe(4);
        report.Quarantined.ShouldBe(3);
        _workspace.Episodes.Read().Select(e => e.TaskId[^1]).Order().ShouldBe("1346");
    }

    [Test]
    public void of_a_truncated_array_the_elements_before_are_kept()
    {
        var whole = $"[{Logs.Tau(1, 0, 1)}, {Logs.Tau(2, 0, 1)}, {Logs.Tau(3, 0, 1)}]";
        File.WriteAllText(_folder["r.json"], whole[..^40]);
        var report = Logs.Collect(_workspace, _folder["r.json"]);
        (report.Stored, report.Quarantined).ShouldBe((2, 1));
        var refused = _workspace.Quarantine.List().Single();
        refused.Place.Line.ShouldBe(3);
        refused.Reason.ShouldContain("cut off");
    }

    [Test]
    public void an_array_of_nothing_but_beginnings_is_not_scanned_forever()
    {
        var beginnings = string.Concat(Enumerable.Repeat("{\"task_id\":", 40_000));
        File.WriteAllText(_folder["r.json"], $"[{Logs.Tau(1, 0, 1)},{beginnings}");
        var report = Logs.Collect(_workspace, _folder["r.json"]);
        report.Stored.ShouldBe(1);
        report.Quarantined.ShouldBeInRange(1, 100);
    }

    [Test]
    public void the_report_has_exactly_the_agreed_fields()
    {
        var log = Logs.Write(_folder, "log", Logs.Trial("a", input: 9));
        var json = System.Text.Json.JsonSerializer.Serialize(Logs.Collect(_workspace, log), EpisodeJson.Options);
        json.ShouldBe(
            """
            {"records":1,"stored":1,"duplicates":0,"quarantined":0,"noise":0,"episodes":1,"sessions":0,"turns":1,"requests":0,"usage":{"input":9,"cacheRead":0,"cacheWrite":0,"output":3},"formats":{"terminal-bench":{"records":1,"stored":1,"duplicates":0,"quarantined":0,"noise":0,"episodes":1,"sessions":0,"turns":1,"requests":0,"usage":{"input":9,"cacheRead":0,"cacheWrite":0,"output":3}}}}
            """.Trim()
        );
    }

    /// <summary>Another program removes a file after it was listed.</summary>
    private sealed class Deleting(string path) : IProgress<StageProgress>
    {
        public void Report(StageProgress value) => File.Delete(path);
    }
}
