using Distiller.Evaluation;
using Distiller.Jobs;
using Distiller.Jobs.Scheduling;
using Distiller.Jobs.Scheduling.Store;
using Distiller.Mining;
using Distiller.Mining.Examples;
using Distiller.Training.Distilling;

namespace Distiller.Tests.Scheduling;

/// <summary>A real small night, its steps in processes of their own, and a clock that closes the window in the training.</summary>
internal sealed class A_window_that_closes_in_the_training
{
    private const string Id = "acme-20260310";
    private const int StepsBefore = 3;

    // Five seconds are due; a machine that is busy with other things may take longer to say so.
    private static readonly TimeSpan PausedWithin = TimeSpan.FromSeconds(20);

    [Test]
    public async Task pauses_it_within_seconds_and_the_next_night_ends_with_the_same_bytes()
    {
        await using var lab = new SchedulerLab();
        _ = new TinyBase().Write(lab.InFolder("base.gguf"));
        SampleLogs.Write(lab.InFolder("logs.jsonl"));
        string[] undisturbed =
        [
            .. CommandLine.Night.Arguments(
                lab.InFolder("whole"),
                lab.InFolder("logs.jsonl"),
                lab.InFolder("base.gguf")
            ),
            // An episode's identity holds its tenant.
            "--tenant",
            "acme",
        ];
        var whole = DistillerProcess.Run(undisturbed);
        whole.ExitCode.ShouldBe(0, whole.ToString());

        var closed = 0L;
        var heard = 0;
        lab.Runner = new OverheardSteps(
            new StepProcess(() => DistillerProcess.StartInfo("step")),
            message =>
            {
                if (
                    message is { Kind: StepMessageKind.Progress, Stage: "distill", Share: > 0 }
                    && Interlocked.Increment(ref heard) == StepsBefore
                )
                {
                    lab.Clock.JumpTo(SchedulerLab.Midnight.AddHours(6));
                    closed = TimeProvider.System.GetTimestamp();
                }
            }
        );
        await lab.StartAsync(Tenant(lab));
        lab.Clock.JumpTo(SchedulerLab.Midnight.AddHours(1.5));
        var paused = await lab.UntilAsync(Id, RunState.Paused);
        var took = TimeProvider.System.GetElapsedTime(closed);
        await TestContext.Out.WriteLineAsync($"paused after {took.TotalSeconds:F1} s: {paused.Reason}");
        took.ShouldBeLessThan(PausedWithin);
        paused.Reason.ShouldBe("the window closed at 06:00; goes on at 2026-03-11 01:00");
        paused.Step.ShouldBe(RunStep.Train);
        Directory
            .GetFiles(lab.InFolder("acme"), "checkpoint.safetensors", SearchOption.AllDirectories)
            .Length.ShouldBe(1);

        lab.Clock.JumpTo(SchedulerLab.Midnight.AddHours(25));
        var run = await lab.UntilAsync(Id, RunState.Finished);
        run.Figures!.Published.ShouldBeTrue();
        run.Figures.Episodes.ShouldBe(36);
        File.ReadAllText(Path.Combine(lab.InFolder("acme"), run.Figures.ReportPath!)).ShouldContain("</html>");
        var stages = await lab.Store.Stages.ListAsync(Id);
        stages
            .Select(s => s.Name)
            .ShouldBe(["collect", "reduce", "mine", "distill", "quantize", "evaluate", "publish"]);
        stages.Select(s => s.Visits).ShouldBe([1, 1, 1, 2, 1, 1, 1]);
        stages.ShouldAllBe(s => s.State == RunState.Finished && s.Outputs.Count == 1);
        stages[3].Busy.ShouldBeInRange(TimeSpan.FromTicks(1), TimeSpan.FromHours(1), "skipped hours are no work");
        stages[3].Inputs.ShouldBe([stages[2].Outputs[0]["mined/".Length..]]);
        AdapterHashes.Of(lab.InFolder("acme")).ShouldBe(AdapterHashes.Of(lab.InFolder("whole")));
    }

    /// <summary>The settings of <see cref="CommandLine.Night"/>.</summary>
    private static TenantSchedule Tenant(SchedulerLab lab) =>
        lab.Tenant("acme", SchedulerLab.Window(1, 6)) with
        {
            Logs = [lab.InFolder("logs.jsonl")],
            Settings = new NightSettings
            {
                BasePath = lab.InFolder("base.gguf"),
                Mining = new MiningOptions { Examples = new ExampleOptions { SequenceTokensMax = 256 } },
                Training = new TrainingOptions
                {
                    MaxTrainTokens = 40_000,
                    TokensPerStep = 512,
                    Epochs = 8,
                    Rank = 8,
                    Alpha = 16,
                    LearningRate = 0.01,
                },
                Holdout = new HoldoutOptions { MaxGeneratedSteps = 4, TasksMin = 2 },
                Threads = 1,
            },
        };
}
