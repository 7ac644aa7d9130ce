using System.Security.Cryptography;
using Distiller.Evaluation;
using Distiller.Gguf;
using Distiller.Jobs.Stages;
using Distiller.Lake;
using Distiller.Mining.Splitting;

namespace Distiller.Tests.CommandLine;

/// <summary>The closed loop on a base of random weights: nothing is solved, and nothing may be published.</summary>
internal sealed class a_night_with_tasks
{
    private TemporaryFolder _folder = null!;
    private CommandResult _night = null!;

    [OneTimeSetUp]
    public void Run()
    {
        _folder = new TemporaryFolder();
        DeskNight.Base.Write(_folder["base.gguf"]);
        _night = DistillerProcess.Run(Arguments("home"));
        _night.ExitCode.ShouldBe(1, _night.ToString());
    }

    [OneTimeTearDown]
    public void Remove() => _folder.Dispose();

    [Test]
    public void ends_without_a_release_and_says_why()
    {
        ((bool)_night.Json["published"]!).ShouldBeFalse();
        _night.Json["release"].ShouldBeNull();
        ((bool)_night.Json["gate"]!["isOpen"]!).ShouldBeFalse();
        var reasons = _night.Json["gate"]!["reasons"]!.AsArray().Select(r => (string)r!).ToList();
        reasons.Count.ShouldBe(4);
        reasons[0].ShouldContain("A3 is not shown to be as good as A1");
        reasons[1].ShouldContain("null control");
        reasons[2].ShouldContain("A3-router is not shown to be as good as A1");
        reasons[3].ShouldContain("A4-router");
        var listed = DistillerProcess.Run("releases", "list", "--home", _folder["home"], "--json");
        listed.Json.AsArray().ShouldBeEmpty();
        File.ReadAllText((string)_night.Json["report"]!).ShouldContain("</html>");
        File.Exists((string)_night.Json["adapter"]!).ShouldBeTrue();
    }

    [Test]
    public void publish_alone_does_not_get_past_the_gate()
    {
        var published = DistillerProcess.Run("publish", "--base", _folder["base.gguf"], "--home", _folder["home"]);
        published.ExitCode.ShouldBe(3, published.ToString());
        published.Error.ShouldContain("gate is closed");
        published.Error.ShouldContain("trial.json");
    }

    [Test]
    public void works_the_same_tickets_under_every_arm()
    {
        var arms = _night.Json["trial"]!["arms"]!.AsArray();
        arms.Select(a => (string)a!["arm"]!)
            .ShouldBe(["A0", "A1", "A2", "A3", "A3-router", "A4", "A4-router", "R-bm25-head-5", "R-subject"]);
        arms.ShouldAllBe(a => (int)a!["tasks"]! == DeskNight.Tickets && (int)a["solved"]! == 0);
        // The handbook has about 5,000 bytes, each a token of this base.
        ((double)arms[1]!["tokensPerTask"]!).ShouldBeGreaterThan(4_000);
        ((double)arms[0]!["tokensPerTask"]!).ShouldBeLessThan(1_000);
    }

    [Test]
    public void leaves_rows_from_which_its_figures_are_recomputed()
    {
        using var workspace = Workspace.OpenReadOnly(_folder["home"]);
        var trial = workspace.Artifacts.Latest(ArtifactKind.Trial)!;
        TrialFolder.Verify(trial.Folder).ShouldBeEmpty();
        var summary = TrialStage.ReadSummary(trial);
        summary.Training!.Seconds.ShouldBeGreaterThan(0);
        summary.Arms.Select(a => a.Adapter?.Sha256).OfType<string>().Distinct().Count().ShouldBe(3);
        TrialFolder.ReadRows(trial.Folder).ShouldAllBe(r => r.Reason.Length > 0);
    }

    [Test]
    public void the_control_was_trained_on_as_much_and_learnt_something_else()
    {
        using var workspace = Workspace.OpenReadOnly(_folder["home"]);
        var adapter = workspace.Artifacts.Latest(ArtifactKind.Adapter)!;
        var control = workspace.Artifacts.Latest(ArtifactKind.ControlAdapter)!;
        var (real, shuffled) = (DistillStage.ReadSummary(adapter), DistillStage.ReadSummary(control));
        ((double)shuffled.TrainTokens).ShouldBe(real.TrainTokens, real.TrainTokens * 0.02);
        control.Manifest.Settings.GetRawText().ShouldBe(adapter.Manifest.Settings.GetRawText());
        Hash(control.File(DistillStage.AdapterFile)).ShouldNotBe(Hash(adapter.File(DistillStage.AdapterFile)));
    }

    [Test]
    public void trains_on_earlier_work_and_holds_out_the_latest()
    {
        using var workspace = Workspace.OpenReadOnly(_folder["home"]);
        var mined = workspace.Artifacts.Latest(ArtifactKind.Mined)!;
        MineStage.ReadReport(mined).SplitMethod.ShouldBe(SplitMethod.Time);
        var times = workspace.Episodes.Read().ToDictionary(e => e.Id, e => e.StartedAt!.Value);
        var trained = ExampleFile.Read(mined.File(MineStage.TrainFile)).Max(e => times[e.EpisodeId]);
        // Tickets that make the same calls are on the same side: the older of such a pair may be held out as well.
        var held = EpisodeFile.Read(mined.File(MineStage.HoldoutEpisodesFile)).Max(e => times[e.Id]);
        held.ShouldBeGreaterThan(trained);
    }

    [Test]
    public void its_logs_are_taken_for_no_secrets()
    {
        using var workspace = Workspace.OpenReadOnly(_folder["home"]);
        var logged = Directory
            .GetFiles(Path.Combine(_folder["home"], "logs"))
            .SelectMany(File.ReadLines)
            .Select(l => System.Text.Json.JsonSerializer.Deserialize<Episode>(l, EpisodeJson.Options)!)
            .ToDictionary(e => e.Key, e => EpisodeJson.TurnsToJson(e.Turns));
        logged.Count.ShouldBe(60);
        workspace.Episodes.Read().ShouldAllBe(e => EpisodeJson.TurnsToJson(e.Turns) == logged[e.Key]);
    }

    [Test]
    public void done_again_it_does_nothing_again_and_says_the_same()
    {
        var again = DistillerProcess.Run(Arguments("home"));
        again.ExitCode.ShouldBe(1, again.ToString());
        again.Json.ToJsonString().ShouldBe(_night.Json.ToJsonString());
    }

    [Test]
    public void a_home_of_another_company_is_refused()
    {
        var other = DistillerProcess.Run(DeskNight.Arguments(_folder["home"], _folder["base.gguf"], company: 43));
        other.ExitCode.ShouldBe(3, other.ToString());
        other.Error.ShouldContain("home of its own");
    }

    [TestCase("artifacts/.work/control-adapter-*/checkpoint")]
    [TestCase("artifacts/.work/control-quantized-*")]
    [TestCase("artifacts/.work/trial-*/worked/*/*/*.json")]
    public void killed_it_goes_on_and_ends_with_the_same_rows_and_the_same_control(string sign)
    {
        var home = $"killed-{Hash(System.Text.Encoding.UTF8.GetBytes(sign))[..8]}";
        CopyEarlierStages("home", home);
        using (var night = DistillerProcess.Start(Arguments(home)))
        {
            while (!night.HasExited && !Signs.Appear(_folder[home], sign))
            {
                Thread.Sleep(1);
            }

            night.Kill();
            // 137: killed before its end. 1 would be a night too quick to be caught in this stage.
            TestContext.Out.WriteLine($"{sign}: exit code {night.Wait().ExitCode}");
        }

        var finished = DistillerProcess.Run(Arguments(home));
        finished.ExitCode.ShouldBe(1, finished.ToString());
        Made(home).ShouldBe(Made("home"));
    }

    private string[] Arguments(string home) => DeskNight.Arguments(_folder[home], _folder["base.gguf"]);

    /// <summary>Everything of a finished night but what only a night with tasks makes.</summary>
    private void CopyEarlierStages(string from, string to)
    {
        foreach (var path in Directory.GetFiles(_folder[from], "*", SearchOption.AllDirectories))
        {
            var name = Path.GetRelativePath(_folder[from], path);
            if (
                !name.StartsWith("artifacts/control-", StringComparison.Ordinal)
                && !name.StartsWith("artifacts/trial", StringComparison.Ordinal)
            )
            {
                Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(_folder[to], name))!);
                File.Copy(path, Path.Combine(_folder[to], name));
            }
        }
    }

    /// <summary>Hashes of what the last two stages leave and that no clock decides.</summary>
    private List<string> Made(string home)
    {
        using var workspace = Workspace.OpenReadOnly(_folder[home]);
        var control = workspace.Artifacts.Latest(ArtifactKind.ControlQuantized)!;
        var trial = workspace.Artifacts.Latest(ArtifactKind.Trial)!;
        return
        [
            Hash(control.File(Exporter.F16File)),
            Hash(control.File(Exporter.Int4File)),
            Hash(trial.File(TrialFolder.RowsName)),
            Hash(trial.File(TrialFolder.RequestsName)),
        ];
    }

    private static string Hash(string path) => Hash(File.ReadAllBytes(path));

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
