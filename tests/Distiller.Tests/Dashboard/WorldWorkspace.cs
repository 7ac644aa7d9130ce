using System.Text.Json;
using Distiller.Gguf;
using Distiller.Lake;
using Distiller.Mining.Cards;
using Distiller.Mining.Imprints;
using Distiller.Mining.Patterns;
using Distiller.Registry;
using Distiller.Reporting;
using Distiller.Reporting.Trials;
using Distiller.Tests.Evaluating;
using Distiller.Tests.Trials;

namespace Distiller.Tests.Dashboard;

/// <summary>A real workspace with episodes, quarantine, artifacts and a release.</summary>
internal sealed class WorldWorkspace(string home, SteadyClock clock)
{
    public string MinedKey { get; private set; } = "";

    public string AdapterKey { get; private set; } = "";

    public string TrialKey { get; private set; } = "";

    public string ReleaseId { get; private set; } = "";

    public string PatternId { get; private set; } = "";

    public IReadOnlyList<EpisodeId> Episodes { get; private set; } = [];

    /// <summary>Of a text that tries everything.</summary>
    public EpisodeId HostileEpisode { get; private set; }

    public void Fill()
    {
        var input = new PlausibleEvaluation { Episodes = 12 }.Input();
        using var workspace = Workspace.Open(home, clock);
        FillEpisodes(workspace);
        FillQuarantine(workspace);
        var patterns = input.Patterns.Select((p, i) => Worded(p, i)).ToList();
        PatternId = patterns[0].Id;
        MinedKey = Make(
            workspace,
            ArtifactKind.Mined,
            draft =>
            {
                ParquetTable.Write(draft[ArtifactFileName.Patterns], patterns.Select(PatternRow.Of));
                File.WriteAllBytes(
                    draft[ImprintBook.CardsFile],
                    JsonSerializer.SerializeToUtf8Bytes(Cards(), EpisodeJson.Options)
                );
            }
        );
        AdapterKey = Make(
            workspace,
            ArtifactKind.Adapter,
            draft => ParquetTable.Write(draft[ArtifactFileName.Curve], input.Training),
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
            ExpiresAt = DashboardWorld.At(19, 12).AddDays(number == 4 ? -1 : 30),
        };

    private IReadOnlyList<Card> Cards() =>
        [
            Card("c0ffee0000000001", CardKind.Tests, "Run tests with `make test` (ran through in 91 % of 22 uses)."),
            Card("c0ffee0000000002", CardKind.Correction, $"Users had to say in 2 sessions: \"{Hostile.All}\""),
            Card(
                "c0ffee0000000003",
                CardKind.Lints,
                "Check the code with `pylint` (ran through in 80 % of 5 uses)."
            ) with
            {
                ReplacedBy = "ruff check",
            },
        ];

    private Card Card(string id, CardKind kind, string text) =>
        new()
        {
            Id = id,
            Kind = kind,
            Project = "~/shop",
            Text = text,
            Tasks = 12,
            Sessions = 4,
            SuccessWith = 0.9,
            TokensSaved = 210,
            LastSeen = DashboardWorld.At(18, 12),
            Episodes = Episodes,
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
        clock.Now += TimeSpan.FromMinutes(1);
        return Publish(Workspace.OpenReadOnly(home), weight: 1);
    }

    private string Publish(Workspace workspace, byte weight = 0)
    {
        var from = Directory.CreateDirectory(Path.Combine(home, "..", "..", "draft", "peft")).Parent!.FullName;
        File.WriteAllBytes(Path.Combine(from, "f16.gguf"), new byte[412_000]);
        File.WriteAllBytes(Path.Combine(from, "int4.gguf"), [weight, .. new byte[124_000]]);
        File.WriteAllText(Path.Combine(from, "peft", "adapter_config.json"), "{}");
        new AdapterManifest(
            AdapterManifest.CurrentFormat,
            new ManifestBase(new string('a', 64), "llama", "opsdesk-tiny"),
            Rank: 32,
            Alpha: 64,
            Lineage: null,
            WorstError: 0.094,
            MeanError: 0.0613,
            MeanPlainError: 0.0847,
            [],
            []
        ).Write(Path.Combine(from, AdapterManifest.FileName));
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
        var release = new ReleaseRegistry(Path.Combine(home, "adapters"), clock).Publish(
            new ReleaseDraft
            {
                Name = "opsdesk-tiny",
                Base = new BaseModel("opsdesk-tiny", new string('a', 64), "llama"),
                AdapterF16Path = Path.Combine(from, "f16.gguf"),
                AdapterInt4Path = Path.Combine(from, "int4.gguf"),
                PeftFolder = Path.Combine(from, "peft"),
                ManifestPath = Path.Combine(from, AdapterManifest.FileName),
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
            Tenant = DashboardWorld.Main,
            Agent = "expert",
            Model = "claude-sonnet-4.5",
            StartedAt = DashboardWorld.At(1, 8).AddHours(7 * number),
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
            Tenant = DashboardWorld.Main,
            Agent = $"agent {Hostile.All}",
            Model = Hostile.All,
            StartedAt = DashboardWorld.At(19, 23),
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
