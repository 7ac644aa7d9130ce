using Distiller.Gguf;

namespace Distiller.Tests.CommandLine;

internal sealed class a_whole_night
{
    private TemporaryFolder _folder = null!;
    private CommandResult _night = null!;

    [OneTimeSetUp]
    public void Run()
    {
        _folder = new TemporaryFolder();
        _ = new TinyBase().Write(_folder["base.gguf"]);
        _night = DistillerProcess.RunUnderOpenMask(
            Night.Arguments(_folder["home"], SampleLogs.Write(_folder["logs.jsonl"]), _folder["base.gguf"])
        );
        _night.ExitCode.ShouldBe(0, _night.ToString());
    }

    [OneTimeTearDown]
    public void Remove() => _folder.Dispose();

    [Test]
    public void reports_what_it_did_in_one_document()
    {
        var report = _night.Json;
        ((int)report["episodes"]!).ShouldBe(36);
        ((int)report["quarantined"]!).ShouldBe(0);
        ((int)report["patterns"]!).ShouldBeGreaterThan(0);
        ((long)report["trainTokens"]!).ShouldBeInRange(1, 40_000);
        var before = (double)report["tokensPerStep"]!["before"]!;
        var after = (double)report["tokensPerStep"]!["after"]!;
        after.ShouldBeLessThan(before * 0.8);
    }

    [Test]
    public void lowers_the_held_out_loss_and_keeps_it_in_int4()
    {
        var loss = _night.Json["holdoutLoss"]!;
        var (bare, f16, int4) = ((double)loss["base"]!, (double)loss["adapterF16"]!, (double)loss["adapterInt4"]!);
        f16.ShouldBeLessThan(bare * 0.8);
        int4.ShouldBe(f16, f16 * 0.03);
    }

    [Test]
    public void leaves_a_release_whose_hashes_hold_and_whose_lineage_leads_to_episodes()
    {
        var verified = DistillerProcess.Run("releases", "verify", "latest", "--home", _folder["home"], "--json");
        verified.ExitCode.ShouldBe(0, verified.ToString());
        ((string)verified.Json["id"]!).ShouldBe((string)_night.Json["release"]!);
        var lineage = verified.Json["lineage"]!.AsArray().Select(a => (string)a!["stage"]!);
        lineage.ShouldBe(["collect", "reduce", "mine", "distill", "quantize", "evaluate"]);
        ((int)verified.Json["episodeCount"]!).ShouldBeGreaterThan(4);
        var listed = DistillerProcess.Run("releases", "list", "--home", _folder["home"], "--json");
        listed.Json.AsArray().Count.ShouldBe(1);
    }

    [Test]
    public void leaves_adapters_of_the_stated_sizes_bound_to_the_base()
    {
        var release = Path.Combine(_folder["home"], "adapters", (string)_night.Json["release"]!);
        using var file = GgufFile.Open(_folder["base.gguf"]);
        foreach (var (name, size) in new[] { ("adapter-f16.gguf", "f16"), ("adapter-int4.gguf", "int4") })
        {
            var path = Path.Combine(release, name);
            new FileInfo(path).Length.ShouldBe((long)_night.Json["adapterBytes"]![size]!);
            AdapterCheck.Verify(path, file);
        }

        File.ReadAllText(Path.Combine(release, "report.html")).ShouldContain("</html>");
    }

    [Test]
    public void done_again_adds_nothing_and_gives_the_same_release()
    {
        var again = DistillerProcess.Run(Night.Arguments(_folder["home"], _folder["logs.jsonl"], _folder["base.gguf"]));
        again.ExitCode.ShouldBe(0, again.ToString());
        again.Json.ToJsonString().ShouldBe(_night.Json.ToJsonString());
    }

    [Test]
    public void can_be_done_stage_by_stage_and_gives_the_same_release()
    {
        string[] common = ["--base", _folder["base.gguf"], "--home", _folder["alone"], "--json"];
        string[] budget = ["--max-train-tokens", "40000", "--epochs", "8"];
        Done("collect", _folder["logs.jsonl"], "--home", _folder["alone"], "--json");
        Done(["mine", .. common, .. budget, "--max-sequence", "256"]);
        string[] adapter = ["--rank", "8", "--alpha", "16", "--learning-rate", "0.01", "--tokens-per-step", "512"];
        Done(["distill", .. common, .. budget, .. adapter, "--threads", "1"]);
        Done(["quantize", .. common, "--threads", "1"]);
        Done(["evaluate", .. common, "--tool-steps", "4", "--threads", "1"]);
        ((string)Done(["publish", .. common]).Json["id"]!).ShouldBe((string)_night.Json["release"]!);
    }

    [Test]
    public void tables_are_for_people_and_the_report_is_found()
    {
        var shown = DistillerProcess.Run("report", "--home", _folder["home"]);
        shown.ExitCode.ShouldBe(0, shown.ToString());
        shown.Output.ShouldContain("report.html");
        DistillerProcess.Run("releases", "show", "--home", _folder["home"]).Output.ShouldContain("adapter-int4.gguf");
    }

    [Test]
    public void every_figure_of_a_release_is_recomputed_from_its_rows()
    {
        Done("report", "verify", "--home", _folder["home"]).Output.ShouldContain("every figure of evaluation.json");
        var release = (string)_night.Json["release"]!;
        Done("report", "verify", release, "--home", _folder["home"]);

        var copy = _folder["copy"];
        Directory.CreateDirectory(copy);
        foreach (var file in Directory.GetFiles(Path.Combine(_folder["home"], "adapters", release)))
        {
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        }

        DistillerProcess.Run("report", "verify", copy).ExitCode.ShouldBe(3, "there are no rows");
        DistillerProcess.Run("report", "verify", "nothing", "--home", _folder["home"]).ExitCode.ShouldBe(3);
    }

    [Test]
    public void a_release_whose_figures_are_not_those_of_the_rows_is_1()
    {
        var release = (string)_night.Json["release"]!;
        var published = Path.Combine(_folder["home"], "adapters", release, "evaluation.json");
        var before = File.ReadAllText(published);
        File.WriteAllText(published, before.Replace("\"before\": ", "\"before\": 9", StringComparison.Ordinal));
        try
        {
            var result = DistillerProcess.Run("report", "verify", release, "--home", _folder["home"]);
            result.ExitCode.ShouldBe(1, result.ToString());
            result.Output.ShouldContain("evaluation.json, SHA-256");
        }
        finally
        {
            File.WriteAllText(published, before);
        }
    }

    [Test]
    public void leaves_files_that_are_its_owners_alone_whatever_the_umask()
    {
        const UnixFileMode owner =
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.StickyBit;
        var entries = Directory.GetFileSystemEntries(_folder["home"], "*", SearchOption.AllDirectories);
        entries.Length.ShouldBeGreaterThan(40);
        entries.ShouldContain(e => e.EndsWith(".parquet", StringComparison.Ordinal));
        entries
            .Append(_folder["home"])
            .Where(e => (File.GetUnixFileMode(e) & ~owner) != 0)
            .ShouldBeEmpty("others may look into these");
        // The mask was open indeed: what another program writes under it is everybody's.
        using var shell = System.Diagnostics.Process.Start("/bin/sh", ["-c", $"umask 000; : > {_folder["open"]}"]);
        shell.WaitForExit();
        (File.GetUnixFileMode(_folder["open"]) & UnixFileMode.OtherWrite).ShouldNotBe(UnixFileMode.None);
    }

    [TestCase("quantized", "adapter-int4.gguf")]
    [TestCase("adapter", "lora.safetensors")]
    [TestCase("evaluation", "evaluation-rows.parquet")]
    [TestCase("mined", "train.parquet")]
    public void what_was_changed_after_it_was_evaluated_is_not_published(string kind, string name)
    {
        var artifact = Directory.GetDirectories(Path.Combine(_folder["home"], "artifacts", kind)).Single();
        var path = Path.Combine(artifact, name);
        var before = File.ReadAllBytes(path);
        var changed = before.ToArray();
        changed[changed.Length / 2] ^= 1;
        File.WriteAllBytes(path, changed);
        try
        {
            string[][] commands =
            [
                ["publish", "--base", _folder["base.gguf"], "--home", _folder["home"]],
                Night.Arguments(_folder["home"], _folder["logs.jsonl"], _folder["base.gguf"]),
            ];
            foreach (var command in commands)
            {
                var result = DistillerProcess.Run(command);
                result.ExitCode.ShouldBe(3, result.ToString());
                result.Error.ShouldContain(path);
                result.Error.ShouldContain(
                    $"The artifact {kind}/{Path.GetFileName(artifact)} was changed after it was made"
                );
                result.Error.ShouldContain($"remedy: Delete {artifact} and run the stage again.");
            }
        }
        finally
        {
            File.WriteAllBytes(path, before);
        }

        Done("publish", "--base", _folder["base.gguf"], "--home", _folder["home"]);
    }

    private static CommandResult Done(params string[] arguments)
    {
        var result = DistillerProcess.Run(arguments);
        result.ExitCode.ShouldBe(0, result.ToString());
        return result;
    }
}
