using System.Text.Json;
using Distiller.Jobs.Stages;
using Distiller.Lake;

namespace Distiller.Tests.CommandLine;

internal sealed class the_split_of_a_night
{
    private const int Days = 20;

    [Test]
    public void by_time_holds_out_the_newest_tasks_and_by_hash_others()
    {
        using var folder = new TemporaryFolder();
        new TinyBase().Write(folder["base.gguf"]);
        WriteOneTicketADay(folder["logs.jsonl"]);
        DistillerProcess.Run("collect", folder["logs.jsonl"], "--home", folder["home"]).ExitCode.ShouldBe(0);

        HeldOut(folder, "--split", "time", "--similarity", "1").ShouldBe([17, 18, 19, 20]);
        HeldOut(folder, "--split", "hash", "--similarity", "1").ShouldNotBe([17, 18, 19, 20]);
    }

    [Test]
    public void takes_tasks_of_nearly_the_same_words_as_one_unless_told_otherwise()
    {
        using var folder = new TemporaryFolder();
        new TinyBase().Write(folder["base.gguf"]);
        WriteOneTicketADay(folder["logs.jsonl"]);
        DistillerProcess.Run("collect", folder["logs.jsonl"], "--home", folder["home"]).ExitCode.ShouldBe(0);

        Groups("--similarity", "0.5").ShouldBe(1);
        Groups("--similarity", "1").ShouldBe(Days);

        int Groups(params string[] options) => (int)Mine(folder, options).Json["report"]!["taskGroups"]!;
    }

    [Test]
    public void leaves_out_what_is_older_than_the_newest_days()
    {
        using var folder = new TemporaryFolder();
        new TinyBase().Write(folder["base.gguf"]);
        WriteOneTicketADay(folder["logs.jsonl"]);
        DistillerProcess.Run("collect", folder["logs.jsonl"], "--home", folder["home"]).ExitCode.ShouldBe(0);

        Episodes("--newest-days", "4").ShouldBe(5, "day 20 and the four that begin up to 4 x 24 hours before it");
        Episodes("--newest-days", "0").ShouldBe(Days);
        Episodes().ShouldBe(Days);

        int Episodes(params string[] options) =>
            (int)Mine(folder, [.. options, "--similarity", "1"]).Json["report"]!["episodes"]!;
    }

    /// <summary>Days of the tasks that are held out.</summary>
    private static IReadOnlyList<int> HeldOut(TemporaryFolder folder, params string[] options)
    {
        var mined = Mine(folder, [.. options, "--holdout", "0.2"]);
        mined.ExitCode.ShouldBe(0, mined.ToString());
        using var workspace = Workspace.OpenReadOnly(folder["home"]);
        var artifact = workspace.Artifacts.Latest(ArtifactKind.Mined)!;
        return
        [
            .. EpisodeFile
                .Read(artifact.File(MineStage.HoldoutEpisodesFile))
                .Select(e => e.StartedAt!.Value.Day)
                .Order(),
        ];
    }

    private static CommandResult Mine(TemporaryFolder folder, string[] options) =>
        DistillerProcess.Run(["mine", "--base", folder["base.gguf"], "--home", folder["home"], "--json", .. options]);

    private static void WriteOneTicketADay(string path) =>
        File.WriteAllLines(
            path,
            Enumerable.Range(1, Days).Select(d => JsonSerializer.Serialize(Ticket(d), EpisodeJson.Options))
        );

    private static object Ticket(int day)
    {
        var word = new string((char)('a' + day), 6);
        return new
        {
            key = $"ticket-{day}",
            agent = "sample",
            model = "made-up",
            taskId = $"task-{day}",
            startedAt = new DateTimeOffset(2026, 3, day, 8, 0, 0, TimeSpan.Zero),
            turns = new object[]
            {
                new
                {
                    role = "user",
                    text = $"The printer of the second floor in the {word} wing is out of paper again, please help.",
                },
                new { role = "assistant", text = $"I bring paper to the {word} wing." },
            },
            outcome = new { kind = "succeeded", judge = "sample" },
        };
    }
}
