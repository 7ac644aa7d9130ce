namespace Distiller.Tests.CommandLine;

internal sealed class logs_are_named_alike
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void Create() => _folder = new TemporaryFolder();

    [TearDown]
    public void Remove() => _folder.Dispose();

    [Test]
    public void a_plain_path_and_from_collect_the_same_and_may_be_mixed()
    {
        var (one, two) = (SampleLogs.Write(_folder["one.jsonl"], tasks: 2), _folder["two.jsonl"]);
        var lines = File.ReadAllText(one).Replace("task-", "other-", StringComparison.Ordinal);
        File.WriteAllText(two, lines);

        string[][] ways =
        [
            [one, two],
            ["--from", one, two],
            ["--from", one, "--from", two],
            [one, "--from", two],
        ];
        foreach (var (way, number) in ways.Select((w, i) => (w, i)))
        {
            string[] options = ["--home", _folder[$"home-{number}"], "--json"];
            var result = DistillerProcess.Run(["collect", .. way, .. options]);
            result.ExitCode.ShouldBe(0, result.ToString());
            ((long)result.Json["episodes"]!).ShouldBe(12, string.Join(' ', way));
        }
    }

    [TestCase]
    [TestCase("--from")]
    public void a_night_takes_both(params string[] option)
    {
        var night = DistillerProcess.Run([
            "nightly",
            .. option,
            _folder["none.jsonl"],
            "--base",
            new TinyBase().Write(_folder["base.gguf"]),
            "--home",
            _folder["home"],
        ]);
        night.ExitCode.ShouldBe(3, night.ToString());
        night.Error.ShouldContain($"{_folder["none.jsonl"]}: The file or folder does not exist.");
    }

    [TestCase]
    [TestCase("--from")]
    public void a_retry_takes_both(params string[] option)
    {
        File.WriteAllText(_folder["one.jsonl"], "no log");
        File.WriteAllText(_folder["two.jsonl"], "no log");
        string[] home = ["--home", _folder["home"], "--json"];
        DistillerProcess.Run(["collect", _folder["one.jsonl"], _folder["two.jsonl"], .. home]).ExitCode.ShouldBe(3);
        SampleLogs.Write(_folder["one.jsonl"], tasks: 2);

        var result = DistillerProcess.Run(["quarantine", "retry", .. option, _folder["one.jsonl"], .. home]);

        result.ExitCode.ShouldBe(0, result.ToString());
        ((long)result.Json["records"]!, (long)result.Json["released"]!).ShouldBe((1, 1));
    }

    [TestCase("collect")]
    [TestCase("nightly", "--base", "base.gguf")]
    public void no_logs_at_all_is_wrong_usage(params string[] arguments)
    {
        var result = DistillerProcess.Run([.. arguments, "--home", _folder["home"]]);
        result.ExitCode.ShouldBe(2, result.ToString());
        result.Error.ShouldContain("--from");
    }

    [TestCase("--form", "collect", "--form", "log")]
    [TestCase("--form", "collect", "log", "--form", "log")]
    [TestCase("-f", "collect", "-f", "log")]
    [TestCase("--jsn", "collect", "--from", "log", "--jsn")]
    [TestCase("--jsn", "collect", "log", "--tenant", "--jsn")]
    [TestCase("--form", "nightly", "--base", "b", "--form", "log")]
    [TestCase("--bas", "nightly", "--from", "log", "--bas", "b")]
    [TestCase("--all", "quarantine", "retry", "--all")]
    [TestCase("--outcom", "episodes", "list", "--outcom", "failed")]
    [TestCase("--verbose", "report", "--verbose")]
    [TestCase("--dry", "models", "check", "b", "--dry")]
    public void an_unknown_option_is_no_path_and_no_value(string option, params string[] arguments) =>
        UnknownOrUnmatched(arguments).ShouldBe([option]);

    [TestCase("collect", "log", "--json")]
    [TestCase("collect", "--from", "log", "more", "--tenant", "acme")]
    [TestCase("collect", "--", "--odd")]
    [TestCase("collect", "--from", "log", "--", "-x", "--odd")]
    [TestCase("nightly", "log", "--base", "b", "--alpha", "-3", "--system", "- be brief")]
    public void what_is_known_or_stands_after_two_dashes_is_taken(params string[] arguments) =>
        UnknownOrUnmatched(arguments).ShouldBeEmpty();

    [Test]
    public void an_unknown_option_is_2_and_nothing_is_written()
    {
        SampleLogs.Write(_folder["log.jsonl"], tasks: 1);
        var result = DistillerProcess.Run("collect", "--form", _folder["log.jsonl"], "--home", _folder["home"]);
        result.ExitCode.ShouldBe(2, result.ToString());
        result.Error.ShouldContain("Unknown option '--form'");
        result.Error.ShouldContain("distiller collect --help");
        Directory.Exists(_folder["home"]).ShouldBeFalse();
    }

    private static IEnumerable<string> UnknownOrUnmatched(string[] arguments)
    {
        var parsed = Cli.CommandLine.Build().Parse(arguments);
        return UnknownOptions.Find(parsed).Concat(parsed.UnmatchedTokens);
    }
}
