namespace Distiller.Tests.CommandLine;

internal sealed class exit_codes_and_errors
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void Create() => _folder = new TemporaryFolder();

    [TearDown]
    public void Remove() => _folder.Dispose();

    [Test]
    public void wrong_usage_is_2_and_points_to_help()
    {
        var result = DistillerProcess.Run("mine", "--no-such-option");
        result.ExitCode.ShouldBe(2);
        result.Error.ShouldContain("distiller mine --help");
    }

    [Test]
    public void help_is_0_and_names_every_command()
    {
        var result = DistillerProcess.Run("--help");
        result.ExitCode.ShouldBe(0);
        foreach (
            var command in new[]
            {
                "collect",
                "mine",
                "distill",
                "quantize",
                "evaluate",
                "publish",
                "nightly",
                "doctor",
                "episodes",
                "patterns",
                "retain",
                "gc",
            }
        )
        {
            result.Output.ShouldContain(command);
        }
    }

    [Test]
    public void a_night_on_nothing_but_broken_logs_is_3_and_says_where_they_are_listed()
    {
        File.WriteAllText(_folder["broken.jsonl"], "{\"taskId\": \"t\", \"turns\": [");
        var night = DistillerProcess.Run(
            "nightly",
            "--from",
            _folder["broken.jsonl"],
            "--base",
            new TinyBase().Write(_folder["base.gguf"]),
            "--home",
            _folder["home"]
        );
        Refuses(night, "its quarantine one record", $"distiller quarantine --home {_folder["home"]}");
    }

    [Test]
    public void a_log_that_does_not_exist_is_3() =>
        Refuses(DistillerProcess.Run("collect", _folder["none.jsonl"], "--home", _folder["home"]), "none.jsonl");

    [Test]
    public void an_empty_workspace_is_3_and_says_what_to_run() =>
        Refuses(Mine(new TinyBase().Write(_folder["base.gguf"])), "collect");

    [Test]
    public void a_base_that_does_not_exist_is_3() => Refuses(Mine(_folder["none.gguf"]), "none.gguf");

    [Test]
    public void a_folder_as_a_base_is_3() => Refuses(Mine(_folder.Path), _folder.Path);

    [Test]
    public void a_truncated_base_is_3() =>
        Refuses(Mine(new TinyBase().WriteTruncated(_folder["cut.gguf"], 0.5)), "cut.gguf");

    [Test]
    public void a_base_of_an_unknown_architecture_is_3() =>
        Refuses(Mine(new TinyBase { Architecture = "mamba" }.Write(_folder["other.gguf"])), "other.gguf", "mamba");

    [Test]
    public void a_base_without_a_chat_template_is_3_before_anything_is_collected()
    {
        var path = new TinyBase { WithChatTemplate = false }.Write(_folder["bare.gguf"]);
        SampleLogs.Write(_folder["logs.jsonl"], tasks: 3);
        Refuses(
            DistillerProcess.Run(Night.Arguments(_folder["home"], _folder["logs.jsonl"], path)),
            "bare.gguf",
            "chat template"
        );
        Directory.Exists(Path.Combine(_folder["home"], "episodes")).ShouldBeFalse();
    }

    [Test]
    public void logs_without_success_are_3_and_say_so()
    {
        var path = new TinyBase().Write(_folder["base.gguf"]);
        SampleLogs.Write(_folder["logs.jsonl"], tasks: 3);
        var failed = File.ReadAllText(_folder["logs.jsonl"])
            .Replace("\"succeeded\"", "\"failed\"", StringComparison.Ordinal);
        File.WriteAllText(_folder["logs.jsonl"], failed);
        Refuses(DistillerProcess.Run(Night.Arguments(_folder["home"], _folder["logs.jsonl"], path)), "succeeded");
    }

    [Test]
    public void a_workspace_in_use_is_3()
    {
        using var first = Lake.Workspace.Open(_folder["home"]);
        SampleLogs.Write(_folder["logs.jsonl"], tasks: 1);
        Refuses(
            DistillerProcess.Run("collect", _folder["logs.jsonl"], "--home", _folder["home"]),
            _folder["home"],
            "process"
        );
    }

    [Test]
    public void a_later_stage_without_its_input_is_3_and_says_which_to_run_first() =>
        Refuses(Stage("distill", new TinyBase().Write(_folder["base.gguf"])), "distiller mine");

    [Test]
    public void unreadable_logs_go_to_quarantine_and_the_rest_is_stored()
    {
        Directory.CreateDirectory(_folder["logs"]);
        SampleLogs.Write(Path.Combine(_folder["logs"], "good.jsonl"), tasks: 2);
        File.WriteAllText(Path.Combine(_folder["logs"], "empty.jsonl"), "");
        File.WriteAllText(Path.Combine(_folder["logs"], "strange.txt"), "no log at all");
        File.AppendAllText(Path.Combine(_folder["logs"], "good.jsonl"), "{\"key\": \"cut off");
        // Nobody writes to it any more: a half line at the end of a newer file would wait for its other half.
        File.SetLastWriteTimeUtc(Path.Combine(_folder["logs"], "good.jsonl"), DateTime.UtcNow.AddDays(-3));
        var result = DistillerProcess.Run("collect", _folder["logs"], "--home", _folder["home"], "--json");
        result.ExitCode.ShouldBe(0, result.ToString());
        var (records, stored) = ((long)result.Json["records"]!, (long)result.Json["stored"]!);
        var (duplicates, quarantined) = ((long)result.Json["duplicates"]!, (long)result.Json["quarantined"]!);
        var noise = (long)result.Json["noise"]!;
        (stored, quarantined, noise).ShouldBe((6, 2, 1));
        records.ShouldBe(stored + duplicates + quarantined + noise);
    }

    [TestCase("", TestName = "an_empty_file")]
    [TestCase("no log at all", TestName = "a_log_of_unknown_format")]
    [TestCase("{\"key\": \"cut o", TestName = "truncated_json")]
    [TestCase("[{\"task_id\": 1, \"reward\": 1.0, \"traj\": [", TestName = "a_truncated_array")]
    public void a_named_log_that_cannot_be_read_is_3_and_what_is_stored_stays(string content)
    {
        SampleLogs.Write(_folder["good.jsonl"], tasks: 2);
        DistillerProcess.Run("collect", _folder["good.jsonl"], "--home", _folder["home"]).ExitCode.ShouldBe(0);
        File.WriteAllText(_folder["bad.jsonl"], content);
        Refuses(DistillerProcess.Run("collect", _folder["bad.jsonl"], "--home", _folder["home"]), "bad.jsonl");
        var again = DistillerProcess.Run("collect", _folder["good.jsonl"], "--home", _folder["home"], "--json");
        ((long)again.Json["duplicates"]!).ShouldBe(6);
    }

    [Test]
    public void a_full_disk_is_3_and_what_is_stored_stays()
    {
        using var disk = new SmallDisk(_folder["disk"], mebibytes: 3);
        var home = Path.Combine(disk.Path, "home");
        SampleLogs.Write(_folder["good.jsonl"], tasks: 2);
        DistillerProcess.Run("collect", _folder["good.jsonl"], "--home", home).ExitCode.ShouldBe(0);
        disk.Fill();
        SampleLogs.Write(_folder["more.jsonl"], tasks: 40);
        Refuses(DistillerProcess.Run("collect", _folder["more.jsonl"], "--home", home), "disk is full");
        disk.MakeRoom();
        var again = DistillerProcess.Run("collect", _folder["good.jsonl"], "--home", home, "--json");
        ((long)again.Json["duplicates"]!).ShouldBe(6);
    }

    [Test]
    public void hostile_text_cannot_drive_the_terminal() =>
        Refuses(
            DistillerProcess.Run("collect", _folder["a\u001b[31m\u202eb"], "--home", _folder["home"]),
            "[U+001B]",
            "[U+202E]"
        );

    private CommandResult Mine(string basePath, params string[] more) => Stage("mine", basePath, more);

    private CommandResult Stage(string stage, string basePath, params string[] more) =>
        DistillerProcess.Run([stage, "--base", basePath, "--home", _folder["home"], .. more]);

    private static void Refuses(CommandResult result, params string[] parts)
    {
        result.ExitCode.ShouldBe(3, result.ToString());
        result.Error.ShouldContain("remedy:");
        foreach (var part in parts)
        {
            result.Error.ShouldContain(part);
        }
    }
}
