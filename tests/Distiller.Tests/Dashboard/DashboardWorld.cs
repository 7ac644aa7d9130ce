using System.Text.Json;
using Distiller.Evaluation.Report;
using Distiller.Lake;
using Distiller.Mining.Patterns;
using Distiller.Registry;
using Distiller.Runs;
using Distiller.Tests.Evaluating;
using Distiller.Tests.Trials;

namespace Distiller.Tests.Dashboard;

/// <summary>
/// A server's home as it looks after some weeks: two tenants with nights of every state, one of them with a real workspace
/// and a release, and one tenant without any night.
/// </summary>
internal sealed class DashboardWorld : IDisposable
{
    public const string Main = "halden";
    public const string Plain = "airline";
    public const string New = "quiet";
    public const string Running = "halden-20260320";
    public const string HeldBack = "halden-20260317";
    public const string Finished = "halden-20260319";
    public const string Failed = "airline-20260319";
    public const string Paused = "airline-20260320";

    private readonly TemporaryFolder _folder = new();
    private readonly RunDatabase _database;

    public DashboardWorld()
    {
        Directory.CreateDirectory(Home);
        _database = RunDatabase.Sqlite(Path.Combine(Home, ".serve", "distiller.db"));
        Store = new RunStore(_database, Clock);
    }

    public SteadyClock Clock { get; } = new(new DateTimeOffset(2026, 3, 20, 1, 42, 0, TimeSpan.Zero));

    public string Home => _folder["home"];

    public RunStore Store { get; }

    public string MinedKey { get; private set; } = "";

    public string AdapterKey { get; private set; } = "";

    public string TrialKey { get; private set; } = "";

    public string ReleaseId { get; private set; } = "";

    public string PatternId { get; private set; } = "";

    public IReadOnlyList<EpisodeId> Episodes { get; private set; } = [];

    /// <summary>Of a text that tries everything.</summary>
    public EpisodeId HostileEpisode { get; private set; }

    private string MainHome => Path.Combine(Home, "tenants", Main);

    public async Task FillAsync()
    {
        await Store.PrepareAsync();
        await Store.SetTenantsAsync([
            Tenant(Main, "01:30 every day, Europe/Berlin", "Europe/Berlin", "22:00 to 06:00, not on 2026-12-24", 21),
            Tenant(Plain, "20:30 Sunday to Thursday, America/New_York", "America/New_York", "", 21),
            Tenant(New, "03:00 every day, UTC", "Etc/UTC", "", 21),
        ]);
        FillWorkspace();
        await FillRunsAsync();
        await Store.BeatAsync(new RunNode("nodeA", ["cpu", "gpu"], "0.1.0", At(18, 20), Clock.Now.AddSeconds(-3)));
        await Store.BeatAsync(new RunNode("nodeB", ["cpu"], "0.1.0", At(18, 20), Clock.Now.AddMinutes(-31)));
    }

    public void Dispose()
    {
        _database.Dispose();
        _folder.Dispose();
    }

    public static DateTimeOffset At(int day, int hour, int minute = 0) =>
        new(2026, 3, day, hour, minute, 0, TimeSpan.Zero);

    private static TenantStatus Tenant(string name, string schedule, string zone, string windows, int nextDay) =>
        new(
            name,
            $"tenants/{name}",
            $"tenants/{name}/adapters",
            "data/models/tiny/tiny.gguf",
            schedule,
            zone,
            windows,
            At(nextDay, 0, 30),
            IsHeld: false
        );

    private async Task FillRunsAsync()
    {
        for (var day = 13; day <= 19; day++)
        {
            await FinishedAsync(day);
        }

        for (var i = 0; i < 40; i++)
        {
            var due = At(1, 1).AddDays(-i);
            await Store.AddAsync(
                RunDoor.NewRun(Main, DateOnly.FromDateTime(due.Date), 1, "schedule", due) with
                {
                    State = RunState.Cancelled,
                    Reason = "cancelled by mira: base is being replaced",
                    Ended = due.AddMinutes(1),
                }
            );
        }

        await RunningAsync();
        await Store.AddAsync(
            RunDoor.NewRun(Plain, new DateOnly(2026, 3, 20), 1, "schedule", At(20, 1)) with
            {
                State = RunState.Paused,
                Reason = "the window closed; it goes on at 22:00",
                Step = RunStep.Train,
                Stage = "distill",
                Progress = 0.71,
                Note = "step 426 of 600",
                Started = At(20, 1),
                Node = "nodeB",
            }
        );
        await Store.AddAsync(
            RunDoor.NewRun(Plain, new DateOnly(2026, 3, 19), 1, "schedule", At(19, 1)) with
            {
                State = RunState.Failed,
                Reason = $"logs/2026-03-19.jsonl:17: The record is cut off. {Hostile.All}",
                Stage = "collect",
                Started = At(19, 1),
                Ended = At(19, 1, 1),
                Attempt = 3,
            }
        );
        foreach (var day in new[] { 16, 17, 18 })
        {
            await Store.AddAsync(
                RunDoor.NewRun(Plain, new DateOnly(2026, 3, day), 1, "schedule", At(day, 1)) with
                {
                    State = RunState.Finished,
                    Reason = "published",
                    Step = RunStep.Judge,
                    Started = At(day, 1),
                    Ended = At(day, 1, 14),
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
        var later = Clock.Now;
        Clock.Now = At(20, 0, 30);
        await Store.AddAsync(
            RunDoor.NewRun(Main, new DateOnly(2026, 3, 20), 1, "schedule", At(20, 0, 30)) with
            {
                State = RunState.Running,
                Reason = "running on nodeA",
                Step = RunStep.Train,
                Started = At(20, 0, 30),
                Node = "nodeA",
            }
        );
        foreach (var (stage, minutes, output) in new[] { ("collect", 2, ""), ("reduce", 4, ""), ("mine", 9, MinedKey) })
        {
            await Store.StageBeganAsync(Running, stage, "nodeA", []);
            Clock.Now += TimeSpan.FromMinutes(minutes);
            await Store.LogAsync(Running, "info", $"{stage} took {minutes} minutes");
            await Store.StageEndedAsync(
                Running,
                stage,
                RunState.Finished,
                output.Length > 0 ? [$"mined/{output}"] : [],
                ""
            );
        }

        await Store.StageBeganAsync(Running, "distill", "nodeA", [$"mined/{MinedKey}"]);
        await Store.LogAsync(Running, "warning", "2 examples are longer than the context and were shortened");
        await Store.LogAsync(Running, "error", Hostile.All);
        await Store.ProgressAsync(Running, "distill", 0.43, "step 258 of 600, loss 1.52", TimeSpan.FromMinutes(21));
        Clock.Now = later;
    }

    private async Task FinishedAsync(int day)
    {
        var later = Clock.Now;
        Clock.Now = At(day, 0, 30);
        var heldBack = day == 17;
        var run = RunDoor.NewRun(Main, new DateOnly(2026, 3, day), 1, "schedule", At(day, 0, 30));
        await Store.AddAsync(run with { State = RunState.Running, Started = Clock.Now, Node = "nodeA" });
        string[] outputs =
        [
            "",
            "",
            $"mined/{MinedKey}",
            $"adapter/{AdapterKey}",
            "control-adapter/0123456789abcdef",
            "quantized/0123456789abcdef",
            "",
            $"trial/{TrialKey}",
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
            await Store.StageBeganAsync(run.Id, name, "nodeA", name == "distill" ? [$"mined/{MinedKey}"] : []);
            Clock.Now += TimeSpan.FromMinutes(name is "distill" or "control" ? 26 : 3);
            if (name == "distill" && day == 19)
            {
                await Store.StageEndedAsync(run.Id, name, RunState.Paused, [], "");
                Clock.Now += TimeSpan.FromMinutes(30);
                await Store.StageBeganAsync(run.Id, name, "nodeA", [$"mined/{MinedKey}"]);
                Clock.Now += TimeSpan.FromMinutes(8);
            }

            await Store.StageEndedAsync(
                run.Id,
                name,
                RunState.Finished,
                output.Length > 0 ? [output] : [],
                name == "distill" ? "600 steps, loss 1.37" : ""
            );
        }

        await Store.LogAsync(run.Id, "info", heldBack ? "the gate is closed" : "release published");
        var ended = Clock.Now;
        await Store.ChangeAsync(
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
        Clock.Now = later;
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
            ReleaseId = heldBack ? null : ReleaseId,
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

    private void FillWorkspace()
    {
        var input = new PlausibleEvaluation { Episodes = 12 }.Input();
        using var workspace = Workspace.Open(MainHome, Clock);
        FillEpisodes(workspace);
        FillQuarantine(workspace);
        var patterns = input.Patterns.Select((p, i) => Worded(p, i)).ToList();
        PatternId = patterns[0].Id;
        MinedKey = Make(
            workspace,
            ArtifactKind.Mined,
            draft => ParquetFile.Write(draft[ArtifactFileName.Patterns], patterns.Select(PatternRow.Of))
        );
        AdapterKey = Make(
            workspace,
            ArtifactKind.Adapter,
            draft => ParquetFile.Write(draft[ArtifactFileName.Curve], input.Training),
            MinedKey
        );
        TrialKey = Make(
            workspace,
            ArtifactKind.Trial,
            draft =>
            {
                new PlausibleTrial { Tasks = 60 }.Write(draft.Folder);
                HtmlReport.Write(draft[ArtifactFileName.Report], input with { Trial = TrialPart.Read(draft.Folder) });
            },
            AdapterKey
        );
        ReleaseId = Publish(workspace);
    }

    private Pattern Worded(Pattern pattern, int number) =>
        pattern with
        {
            Id = PatternIdentity.Of([.. pattern.Steps.Select(s => s.Tool)]),
            Intent = number == 3 ? $"Add bags {Hostile.All}" : pattern.Intent,
            Episodes = Episodes,
            ExpiresAt = At(19, 12).AddDays(number == 4 ? -1 : 30),
        };

    private static string Make(Workspace workspace, string kind, Action<ArtifactDraft> write, params string[] inputs)
    {
        var recipe = new ArtifactRecipe(kind, "1", new { minSupport = 3, note = "as of March" }, 42, inputs);
        var draft = workspace.Artifacts.Begin(kind, recipe);
        write(draft);
        return draft.Commit().Key;
    }

    /// <summary>A further release, of other weights.</summary>
    public string PublishAnother()
    {
        Clock.Now += TimeSpan.FromMinutes(1);
        return Publish(Workspace.OpenReadOnly(MainHome), weight: 1);
    }

    private string Publish(Workspace workspace, byte weight = 0)
    {
        var from = Directory.CreateDirectory(Path.Combine(Home, "draft", "peft")).Parent!.FullName;
        File.WriteAllBytes(Path.Combine(from, "f16.gguf"), new byte[412_000]);
        File.WriteAllBytes(Path.Combine(from, "int4.gguf"), [weight, .. new byte[124_000]]);
        File.WriteAllText(Path.Combine(from, "peft", "adapter_config.json"), "{}");
        File.WriteAllText(Path.Combine(from, "manifest.json"), "{\"rank\":32}");
        File.WriteAllText(
            Path.Combine(from, "evaluation.json"),
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
        );
        var release = new ReleaseRegistry(Path.Combine(MainHome, "adapters"), Clock).Publish(
            new ReleaseDraft
            {
                Name = "opsdesk-tiny",
                Base = new BaseModel("opsdesk-tiny", new string('a', 64), "llama"),
                AdapterF16Path = Path.Combine(from, "f16.gguf"),
                AdapterInt4Path = Path.Combine(from, "int4.gguf"),
                PeftFolder = Path.Combine(from, "peft"),
                ManifestPath = Path.Combine(from, "manifest.json"),
                EvaluationPath = Path.Combine(from, "evaluation.json"),
                ReportPath = workspace.Artifacts.Find(ArtifactKind.Trial, TrialKey)!.File(ArtifactFileName.Report),
                Artifacts =
                [
                    new StageArtifact("collect", workspace.Episodes.SnapshotId()),
                    new StageArtifact("mine", MinedKey),
                    new StageArtifact("distill", AdapterKey),
                    new StageArtifact("trial", TrialKey),
                ],
                Episodes = Episodes,
                ToolVersion = "0.1.0",
            }
        );
        return release.Id;
    }

    private void FillEpisodes(Workspace workspace)
    {
        using (var batch = workspace.Episodes.BeginBatch())
        {
            for (var i = 0; i < 60; i++)
            {
                batch.Append(Conversation(i));
            }

            batch.Append(HostileConversation());
            batch.Commit();
        }

        var all = workspace.Episodes.Read().ToList();
        HostileEpisode = all.Single(e => e.TaskId == "hostile").Id;
        Episodes = [.. all.Where(e => e.TaskId != "hostile").Take(21).Select(e => e.Id)];
    }

    private static Episode Conversation(int number) =>
        new()
        {
            Id = default,
            Format = number % 3 == 0 ? "tau-bench" : "episode",
            Key = $"ticket-{number:0000}",
            Tenant = Main,
            Agent = "expert",
            Model = "claude-sonnet-4.5",
            StartedAt = At(1, 8).AddHours(7 * number),
            TaskId = $"halden/ticket-{number:0000}",
            Turns =
            [
                new Turn(
                    TurnRole.System,
                    "You work the operations desk of Halden Freight. "
                        + string.Concat(Enumerable.Repeat("Rule: restart a stuck service before you escalate. ", 40))
                ),
                new Turn(
                    TurnRole.User,
                    $"Ticket {number}: the label printer of dock {number % 7} prints nothing since 07:40."
                ),
                new Turn(TurnRole.Assistant, "I look at the printer's service first.")
                {
                    ToolCalls = [new ToolCall("c1", "get_service", "{\"name\":\"label-printer\",\"site\":\"dock\"}")],
                    RequestId = "r1",
                },
                new Turn(TurnRole.Tool, "{\"state\":\"stuck\",\"since\":\"07:38\"}") { ToolCallId = "c1" },
                new Turn(TurnRole.Assistant, "")
                {
                    ToolCalls =
                    [
                        new ToolCall("c2", "restart_service", "{\"name\":\"label-printer\"}"),
                        new ToolCall("c3", "close_ticket", "{\"code\":\"RESTARTED\"}"),
                    ],
                    RequestId = "r2",
                },
                new Turn(TurnRole.Tool, "restarted") { ToolCallId = "c2" },
                new Turn(TurnRole.Tool, "error: ticket is locked") { ToolCallId = "c3", IsError = true },
                new Turn(TurnRole.Assistant, "The printer prints again; the ticket is closed.") { RequestId = "r3" },
            ],
            Outcome = new Outcome(
                number % 5 == 4 ? OutcomeKind.Failed : OutcomeKind.Succeeded,
                "verifier",
                number % 5 == 4 ? 0 : 1
            ),
            Requests =
            [
                new ModelRequest("r1", new Usage(120, 2400, 60, 34), "claude-sonnet-4.5"),
                new ModelRequest("r2", new Usage(40, 2580, 58, 61), "claude-sonnet-4.5"),
                new ModelRequest("r3", new Usage(30, 2700, 44, 18), "claude-sonnet-4.5"),
            ],
            Events = new Dictionary<string, int>(StringComparer.Ordinal) { ["summary"] = 1 },
        };

    private static Episode HostileConversation() =>
        new()
        {
            Id = default,
            Format = "episode",
            Key = $"key {Hostile.All}",
            Tenant = Main,
            Agent = $"agent {Hostile.All}",
            Model = Hostile.All,
            StartedAt = At(19, 23),
            TaskId = "hostile",
            Turns =
            [
                new Turn(TurnRole.User, $"{Hostile.All}\nshalom שלום\n{new string('x', 400)}"),
                new Turn(TurnRole.Assistant, Hostile.All)
                {
                    ToolCalls = [new ToolCall("c", $"tool{Hostile.All}", $"{{\"a\":\"{Hostile.Script}\"}}")],
                },
                new Turn(TurnRole.Tool, Hostile.All) { ToolCallId = "c", IsError = true },
            ],
            Outcome = new Outcome(OutcomeKind.Unknown, ""),
        };

    private static void FillQuarantine(Workspace workspace)
    {
        using var batch = workspace.Quarantine.BeginBatch();
        batch.Add(
            new QuarantinedRecord(
                new SourceLocation("/logs/2026-03-19.jsonl", 17),
                "episode",
                "The record is cut off after 812 bytes.",
                "Write the line again, whole, and collect the file.",
                new string('9', 64),
                "{\"taskId\":\"ticket-0917\",\"turns\":[{\"role\":\"user\",\"text\":\"the label pri"
            )
        );
        batch.Add(
            new QuarantinedRecord(
                new SourceLocation($"/logs/{Hostile.Bidi}.jsonl", 3),
                "",
                $"No format knows it: {Hostile.All}",
                "See the formats in the README.",
                new string('8', 64),
                Hostile.All
            )
        );
        batch.Commit();
    }
}
