using System.Text.Json;
using Distiller.Lake;
using Distiller.Logs;
using Distiller.Scrubbing;
using LogFiles = Distiller.Tests.Collecting.Logs;

namespace Distiller.Tests.CommandLine;

internal sealed class scrubbing_on_the_command_line
{
    private const int KilledExitCode = 128 + 9; // SIGKILL

    [Test]
    public void rules_are_listed_with_their_descriptions()
    {
        var result = DistillerProcess.Run("scrub", "rules", "--json");
        result.ExitCode.ShouldBe(0, result.Error);
        using var list = JsonDocument.Parse(result.Output);
        list.RootElement.GetArrayLength().ShouldBe(ScrubRules.Default.All.Count);
        list.RootElement[0].GetProperty("description").GetString().ShouldEndWith(".");
        DistillerProcess.Run("scrub", "rules").Output.ShouldContain("[email-1]");
    }

    [Test]
    public void a_text_is_shown_as_it_would_be_stored()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["text"], "export DB_PASS=waldweg\nmail a@x.org\n");
        var result = DistillerProcess.Run("scrub", folder["text"]);
        result.Output.ShouldBe("export DB_PASS=[password-1]\nmail [email-1]\n");
        result.Error.ShouldBe("hidden: email 1, password 1\n");
        (result.Output + result.Error).ShouldNotContain("waldweg");
        DistillerProcess.Run("scrub", folder["none"]).ExitCode.ShouldBe(3);
        DistillerProcess.Run("scrub").ExitCode.ShouldBe(2);
        DistillerProcess.Run("scrub", "-", "--again").ExitCode.ShouldBe(2);
        File.WriteAllText(folder["rules.yaml"], "rules: 7\n");
        var bad = DistillerProcess.Run("scrub", folder["text"], "--scrub-rules", folder["rules.yaml"]);
        bad.ExitCode.ShouldBe(3);
        bad.Error.ShouldContain("rules.yaml:1");
        bad.Error.ShouldContain("remedy:");
    }

    [Test]
    public void killed_again_and_again_it_ends_with_the_same_episodes()
    {
        using var folder = new TemporaryFolder();
        Collect(folder, "whole");
        Collect(folder, "killed");
        string[] Arguments(string home) => ["scrub", "--again", "--home", folder[home], "--json"];
        DistillerProcess.Run(Arguments("whole")).ExitCode.ShouldBe(0);
        var (before, after) = (Snapshot(folder, "killed"), Snapshot(folder, "whole"));
        before.ShouldNotBe(after);

        var kills = 0;
        for (var wait = 200; wait <= 3000; wait += 200)
        {
            using var process = DistillerProcess.Start(Arguments("killed"));
            Thread.Sleep(wait);
            process.Kill();
            kills += process.Wait().ExitCode == KilledExitCode ? 1 : 0;
            Snapshot(folder, "killed").ShouldBeOneOf(before, after);
        }

        kills.ShouldBeGreaterThan(0);
        DistillerProcess.Run(Arguments("killed")).ExitCode.ShouldBe(0);
        Snapshot(folder, "killed").ShouldBe(after);
        using var twice = JsonDocument.Parse(DistillerProcess.Run(Arguments("killed")).Output);
        twice.RootElement.GetProperty("episodesChanged").GetInt64().ShouldBe(0);
    }

    private static void Collect(TemporaryFolder folder, string home)
    {
        File.WriteAllText(folder["leaking.yaml"], "without: [password]\n");
        var log = LogFiles.Write(
            folder,
            "own.jsonl",
            [
                .. Enumerable
                    .Range(0, 9000)
                    .Select(i => LogFiles.Own($"k{i}", $"password=waldweg-{i} and some more words")),
            ]
        );
        using var workspace = Workspace.Open(folder[home]);
        LogFiles.Collect(workspace, new CollectOptions { Rules = ScrubRules.With(folder["leaking.yaml"]) }, log);
    }

    private static string Snapshot(TemporaryFolder folder, string home)
    {
        using var workspace = Workspace.OpenReadOnly(folder[home]);
        return workspace.Episodes.SnapshotId();
    }
}
