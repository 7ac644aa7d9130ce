using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Distiller.Core;
using Distiller.Jobs.Scheduling.Store;
using Distiller.Lake;
using Distiller.Mining.Patterns;
using Distiller.Registry;

namespace Distiller.Benchmarks;

/// <summary>
/// A server's home after years: five tenants with nights of every state; the first has a workspace with many episodes, 500
/// patterns, 40 releases and 10,000 records in quarantine. What is there already is not written again.
/// </summary>
internal sealed class ScaleWorld(string home, RunStore store)
{
    public const string Running = "tenant-0-running";
    private const int Tenants = 5;
    private const int Patterns = 500;
    private const int Releases = 40;
    private const int Quarantined = 10_000;
    private const int LogLines = 1_000;

    /// <returns>How long it took; null where they are there from an earlier time.</returns>
    public TimeSpan? WriteEpisodes(int episodes)
    {
        using var workspace = Workspace.Open(home);
        if (workspace.Episodes.Bytes() > 0)
        {
            return null;
        }

        var since = Stopwatch.GetTimestamp();
        using (var batch = workspace.Episodes.BeginBatch())
        {
            for (var i = 0; i < episodes; i++)
            {
                batch.Append(SyntheticEpisodes.Of(i));
            }

            batch.Commit();
        }

        return Stopwatch.GetElapsedTime(since);
    }

    /// <summary>Patterns, releases and the quarantine.</summary>
    public void WriteRest()
    {
        using var workspace = Workspace.Open(home);
        if (workspace.Quarantine.Count() > 0)
        {
            return;
        }

        var recipe = new ArtifactRecipe(ArtifactKind.Mined, "1", new { minSupport = 3 }, 17, []);
        var draft = workspace.Artifacts.Begin(ArtifactKind.Mined, recipe);
        ParquetTable.Write(draft[ArtifactFileName.Patterns], Enumerable.Range(0, Patterns).Select(Pattern));
        var mined = draft.Commit();
        for (var i = 0; i < Releases; i++)
        {
            Publish(i, mined.Key);
        }

        using var batch = workspace.Quarantine.BeginBatch();
        for (var i = 0; i < Quarantined; i++)
        {
            batch.Add(
                new QuarantinedRecord(
                    new SourceLocation($"/logs/{i % 40:d3}.jsonl", i),
                    "episode",
                    "The record is cut off.",
                    "Write the line again, whole, and collect the file.",
                    i.ToString("x64", CultureInfo.InvariantCulture),
                    new string('x', 400)
                )
            );
        }

        batch.Commit();
    }

    /// <param name="runs">That are over; one more is under way.</param>
    public async Task WriteRunsAsync(int runs)
    {
        await store.PrepareAsync();
        await store.Tenants.SetAsync([
            .. Enumerable
                .Range(0, Tenants)
                .Select(t => new TenantStatus(
                    $"tenant-{t}",
                    t == 0 ? "." : $"tenants/tenant-{t}",
                    t == 0 ? "adapters" : $"tenants/tenant-{t}/adapters",
                    "base.gguf",
                    "01:30 every day, UTC",
                    "Etc/UTC",
                    "22:00 to 06:00",
                    TimeProvider.System.GetUtcNow().AddHours(5),
                    IsHeld: false
                )),
        ]);
        await store.Nodes.BeatAsync(
            new RunNode(
                "here",
                ["cpu", "gpu"],
                "0.1.0",
                TimeProvider.System.GetUtcNow(),
                TimeProvider.System.GetUtcNow()
            )
        );
        for (var i = (int)await store.CountAsync(new RunQuery()); i < runs; i++)
        {
            await store.AddAsync(Over(i));
        }

        if (await store.FindAsync(Running) is not null)
        {
            return;
        }

        var now = TimeProvider.System.GetUtcNow();
        await store.AddAsync(
            RunCommands.NewRun("tenant-0", DateOnly.FromDateTime(now.UtcDateTime), 1, "schedule", now) with
            {
                Id = Running,
                State = RunState.Running,
                Step = RunStep.Train,
                Reason = "training on here",
                Started = now,
                Node = "here",
            }
        );
        await store.Stages.BeganAsync(Running, "distill", "here", []);
        for (var i = 0; i < LogLines; i++)
        {
            await store.Log.AddAsync(Running, "info", $"step {i} of 2000, loss 1.5");
        }
    }

    private static Run Over(int i)
    {
        RunState[] states =
        [
            RunState.Finished,
            RunState.Finished,
            RunState.Finished,
            RunState.Failed,
            RunState.Cancelled,
        ];
        var due = new DateTimeOffset(2020, 1, 1, 1, 30, 0, TimeSpan.Zero).AddDays(i / Tenants);
        var state = states[i % 7 % states.Length];
        return new Run
        {
            Id = string.Create(CultureInfo.InvariantCulture, $"tenant-{i % Tenants}-{due:yyyyMMdd}"),
            Tenant = $"tenant-{i % Tenants}",
            Night = DateOnly.FromDateTime(due.UtcDateTime),
            State = state,
            Reason = $"{state} on its own",
            Step = RunStep.Judge,
            AskedBy = "schedule",
            Due = due,
            Started = due,
            Ended = due.AddHours(3),
            Figures = state is RunState.Finished ? Figures(i) : null,
        };
    }

    private static RunFigures Figures(int i) =>
        new()
        {
            Episodes = 500 + i,
            Patterns = Patterns,
            TrainTokens = 200_000,
            TokensPerStepBefore = 2_000,
            TokensPerStepAfter = 200,
            HoldoutLossBase = 2.1,
            HoldoutLossInt4 = 1.4,
            Int4Bytes = 1_200_000,
            Published = true,
            Verdict = "superior",
            Tasks = 300,
            Arms =
            [
                .. Enumerable
                    .Range(0, 5)
                    .Select(a => new RunArmFigures($"A{a}", 300, 280, 4_000 + (i % 90), 4_300, 0.003)),
            ],
        };

    private static PatternRow Pattern(int i) =>
        new()
        {
            Id = i.ToString("x16", CultureInfo.InvariantCulture),
            Intent = $"Restart service {i}",
            StepsJson = "[]",
            Support = 3 + (i % 90),
            Tasks = 3 + (i % 40),
            SuccessWith = 0.9,
            SuccessWithout = 0.4,
            LiftLow = 0.2,
            LiftHigh = 0.6,
            TokensInPrompt = 80,
            OutputTokensWith = 60,
            OutputTokensWithout = 90,
            Episodes = [.. Enumerable.Range(0, 20).Select(e => (e + i).ToString("x64", CultureInfo.InvariantCulture))],
        };

    private void Publish(int number, string mined)
    {
        var from = Directory.CreateTempSubdirectory("distiller-release-").FullName;
        string Put(string name, string text)
        {
            File.WriteAllText(Path.Combine(from, name), text);
            return Path.Combine(from, name);
        }

        Directory.CreateDirectory(Path.Combine(from, "peft"));
        Put(Path.Combine("peft", "adapter_config.json"), "{}");
        new ReleaseRegistry(Path.Combine(home, "adapters"), TimeProvider.System).Publish(
            new ReleaseDraft
            {
                Name = "scale",
                Base = new BaseModel("base", new string('a', 64), "llama"),
                AdapterF16Path = Put("f16.gguf", $"f16 {number}"),
                AdapterInt4Path = Put("int4.gguf", $"int4 {number}"),
                PeftFolder = Path.Combine(from, "peft"),
                ManifestPath = Put("manifest.json", "{\"rank\":32}"),
                EvaluationPath = Put(
                    "evaluation.json",
                    JsonSerializer.Serialize(
                        new
                        {
                            holdoutLoss = new
                            {
                                @base = 2.1,
                                adapterF16 = 1.44,
                                adapterInt4 = 1.45,
                            },
                            tokensPerStep = new { before = 2140, after = 188.5 },
                        }
                    )
                ),
                ReportPath = Put("report.html", "<!doctype html><title>.</title>"),
                Artifacts = [new StageArtifact("mine", mined)],
                Episodes =
                [
                    .. Enumerable
                        .Range(0, 1_000)
                        .Select(e => new EpisodeId((e + number).ToString("x64", CultureInfo.InvariantCulture))),
                ],
                ToolVersion = "0.1.0",
            }
        );
        Directory.Delete(from, recursive: true);
    }
}
