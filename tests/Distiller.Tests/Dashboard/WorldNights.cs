using Distiller.Jobs.Scheduling.Store;

namespace Distiller.Tests.Dashboard;

/// <summary>Nights of every state, as they lie in the store of runs.</summary>
internal sealed class WorldNights(RunStore store, SteadyClock clock, WorldWorkspace workspace)
{
    public async Task FillAsync()
    {
        for (var day = 13; day <= 19; day++)
        {
            await FinishedAsync(day);
        }

        for (var i = 0; i < 40; i++)
        {
            var due = DashboardWorld.At(1, 1).AddDays(-i);
            await store.AddAsync(
                RunCommands.NewRun(DashboardWorld.Main, DateOnly.FromDateTime(due.Date), 1, "schedule", due) with
                {
                    State = RunState.Cancelled,
                    Reason = "cancelled by mira: base is being replaced",
                    Ended = due.AddMinutes(1),
                }
            );
        }

        await RunningAsync();
        await store.AddAsync(
            RunCommands.NewRun(
                DashboardWorld.Plain,
                new DateOnly(2026, 3, 20),
                1,
                "schedule",
                DashboardWorld.At(20, 1)
            ) with
            {
                State = RunState.Paused,
                Reason = "the window closed; it goes on at 22:00",
                Step = RunStep.Train,
                Stage = "distill",
                Progress = 0.71,
                Note = "step 426 of 600",
                Started = DashboardWorld.At(20, 1),
                Node = "nodeB",
            }
        );
        await store.AddAsync(
            RunCommands.NewRun(
                DashboardWorld.Plain,
                new DateOnly(2026, 3, 19),
                1,
                "schedule",
                DashboardWorld.At(19, 1)
            ) with
            {
                State = RunState.Failed,
                Reason = $"logs/2026-03-19.jsonl:17: The record is cut off. {Hostile.All}",
                Stage = "collect",
                Started = DashboardWorld.At(19, 1),
                Ended = DashboardWorld.At(19, 1, 1),
                Attempt = 3,
            }
        );
        foreach (var day in new[] { 16, 17, 18 })
        {
            await store.AddAsync(
                RunCommands.NewRun(
                    DashboardWorld.Plain,
                    new DateOnly(2026, 3, day),
                    1,
                    "schedule",
                    DashboardWorld.At(day, 1)
                ) with
                {
                    State = RunState.Finished,
                    Reason = "published",
                    Step = RunStep.Judge,
                    Started = DashboardWorld.At(day, 1),
                    Ended = DashboardWorld.At(day, 1, 14),
                    Figures = new RunFigures
                    {
                        Episodes = 200 + day,
                        Patterns = 17,
                        TrainTokens = 1_100_000,
                        TokensPerStepBefore = 5230 - (40 * day),
                        TokensPerStepAfter = 3100 - (40 * day),
                        HoldoutLossBase = 2.41,
                        HoldoutLossInt4 = 2.1 - (0.02 * day),
                        Int4Bytes = 5_560_000,
                        Published = true,
                    },
                }
            );
        }
    }

    private async Task RunningAsync()
    {
        var later = clock.Now;
        clock.Now = DashboardWorld.At(20, 0, 30);
        await store.AddAsync(
            RunCommands.NewRun(
                DashboardWorld.Main,
                new DateOnly(2026, 3, 20),
                1,
                "schedule",
                DashboardWorld.At(20, 0, 30)
            ) with
            {
                State = RunState.Running,
                Reason = "running on nodeA",
                Step = RunStep.Train,
                Started = DashboardWorld.At(20, 0, 30),
                Node = "nodeA",
            }
        );
        foreach (
            var (stage, minutes, output) in new[]
            {
                ("collect", 2, ""),
                ("reduce", 4, ""),
                ("mine", 9, workspace.MinedKey),
            }
        )
        {
            await store.Stages.BeganAsync(DashboardWorld.Running, stage, "nodeA", []);
            clock.Now += TimeSpan.FromMinutes(minutes);
            await store.Log.AddAsync(DashboardWorld.Running, "info", $"{stage} took {minutes} minutes");
            await store.Stages.EndedAsync(
                DashboardWorld.Running,
                stage,
                RunState.Finished,
                output.Length > 0 ? [$"mined/{output}"] : [],
                ""
            );
        }

        await store.Stages.BeganAsync(DashboardWorld.Running, "distill", "nodeA", [$"mined/{workspace.MinedKey}"]);
        await store.Log.AddAsync(
            DashboardWorld.Running,
            "warning",
            "2 examples are longer than the context and were shortened"
        );
        await store.Log.AddAsync(DashboardWorld.Running, "error", Hostile.All);
        await store.ProgressAsync(
            DashboardWorld.Running,
            "distill",
            0.43,
            "step 258 of 600, loss 1.52",
            TimeSpan.FromMinutes(21)
        );
        clock.Now = later;
    }

    private async Task FinishedAsync(int day)
    {
        var later = clock.Now;
        clock.Now = DashboardWorld.At(day, 0, 30);
        var heldBack = day == 17;
        var run = RunCommands.NewRun(
            DashboardWorld.Main,
            new DateOnly(2026, 3, day),
            1,
            "schedule",
            DashboardWorld.At(day, 0, 30)
        );
        await store.AddAsync(run with { State = RunState.Running, Started = clock.Now, Node = "nodeA" });
        string[] outputs =
        [
            "",
            "",
            $"mined/{workspace.MinedKey}",
            $"adapter/{workspace.AdapterKey}",
            "control-adapter/0123456789abcdef",
            "quantized/0123456789abcdef",
            "",
            $"trial/{workspace.TrialKey}",
            "",
        ];
        string[] names =
        [
            "collect",
            "reduce",
            "mine",
            "distill",
            "control",
            "quantize",
            "evaluate",
            "trial",
            "publish",
        ];
        foreach (var (name, output) in names.Zip(outputs))
        {
            await store.Stages.BeganAsync(
                run.Id,
                name,
                "nodeA",
                name == "distill" ? [$"mined/{workspace.MinedKey}"] : []
            );
            clock.Now += TimeSpan.FromMinutes(name is "distill" or "control" ? 26 : 3);
            if (name == "distill" && day == 19)
            {
                await store.Stages.EndedAsync(run.Id, name, RunState.Paused, [], "");
                clock.Now += TimeSpan.FromMinutes(30);
                await store.Stages.BeganAsync(run.Id, name, "nodeA", [$"mined/{workspace.MinedKey}"]);
                clock.Now += TimeSpan.FromMinutes(8);
            }

            await store.Stages.EndedAsync(
                run.Id,
                name,
                RunState.Finished,
                output.Length > 0 ? [output] : [],
                name == "distill" ? "600 steps, loss 1.37" : ""
            );
        }

        await store.Log.AddAsync(run.Id, "info", heldBack ? "the gate is closed" : "release published");
        var ended = clock.Now;
        await store.ChangeAsync(
            run.Id,
            r =>
                r with
                {
                    State = RunState.Finished,
                    Reason = heldBack ? "nothing was published: the gate is closed" : "published",
                    Step = RunStep.Judge,
                    Ended = ended,
                    Figures = Figures(day, heldBack),
                }
        );
        clock.Now = later;
    }

    private RunFigures Figures(int day, bool heldBack)
    {
        var solved = heldBack ? 221 : 284 + (day % 4 * 3);
        return new RunFigures
        {
            Episodes = 1200 + (day * 80),
            Quarantined = 2,
            Patterns = 5,
            TrainTokens = 2_400_000,
            TokensPerStepBefore = 2140,
            TokensPerStepAfter = 188,
            HoldoutLossBase = 2.1,
            HoldoutLossInt4 = 1.45,
            Int4Bytes = 1_240_000,
            Published = !heldBack,
            ReleaseId = heldBack ? null : workspace.ReleaseId,
            GateReasons = heldBack
                ?
                [
                    "A3 solves 221 of 300 tasks where A1 solves 279: the difference may be worse than the margin of 3 points.",
                ]
                : [],
            Verdict = heldBack ? "inferior" : "superior",
            Tasks = 300,
            Arms =
            [
                new("A0", 300, 0, 234, null, null),
                new("A1", 300, 279, 4697 + (11 * day), 5050 + (12 * day), 0.00313 + (0.00002 * day)),
                new("A2", 300, solved - 1, 390, 404, 0.00227),
                new("A3", 300, solved, 390 + day, 390.0 * 300 / solved, 0.69 / solved),
                new("A4", 300, 25, 480, 5755, 0.03115),
            ],
        };
    }
}
