using Distiller.Jobs;
using Distiller.Jobs.Stages;
using Distiller.Lake;
using Distiller.Mining.Contexts;
using Distiller.Training.Distilling;
using Distiller.Training.Objectives;

namespace Distiller.Tests.Training;

internal sealed class A_context_that_cannot_teach_is_told
{
    private static readonly string[] Objectives = [new ContextDistillation().Name, new OnPolicyDistillation().Name];

    private TemporaryFolder _folder = null!;
    private Workspace _workspace = null!;

    [SetUp]
    public void Begin()
    {
        _folder = new TemporaryFolder();
        _workspace = Workspace.Open(_folder["home"]);
    }

    [TearDown]
    public void End()
    {
        _workspace.Dispose();
        _folder.Dispose();
    }

    /// <summary>
    /// A document that is longer than the base's window, one that is empty, and one whose two entries contradict each other, which is a
    /// context like any other: the training goes on with the logged tokens where there is no teacher, and says so.
    /// </summary>
    [TestCaseSource(nameof(Objectives))]
    public void and_the_logged_tokens_teach_in_its_place(string objective)
    {
        using var night = Open(objective);
        var mined = Mined(
            night,
            ("long", string.Concat(Enumerable.Repeat("* the disk is full: restart it\n", 40))),
            ("empty", ""),
            ("contradicting", "* disk: restart\n* disk: drain")
        );

        var summary = DistillStage.ReadSummary(new DistillStage(night).Run(mined));

        var told = summary.Teacher!.ToDictionary(t => t.Id);
        (told["long"].Taught, told["long"].Tokens).ShouldSatisfyAllConditions(
            t => t.Item1.ShouldBe(0),
            t => t.Item2.ShouldBeGreaterThan(512)
        );
        told["long"].Note.ShouldContain("No row fits");
        told["empty"].Taught.ShouldBeOneOf(0, told["empty"].Rows);
        var read = told["contradicting"];
        (read.NllWith is not null && read.NllWithout is not null).ShouldBeTrue("it was asked");
        (read.Taught > 0).ShouldBe(read.NllWith < read.NllWithout);
        (read.Note.Length == 0).ShouldBe(read.Taught > 0);
        summary.FinalLoss.ShouldBeGreaterThan(0);
    }

    /// <summary>Rows of a night whose document was another one, and rows without any, stand side by side.</summary>
    [TestCaseSource(nameof(Objectives))]
    public void a_document_that_changes_every_night_is_a_context_of_its_own_each_time(string objective)
    {
        using var night = Open(objective);
        var mined = Mined(
            night,
            ("monday", "* disk: restart"),
            ("tuesday", "* disk: drain"),
            ("wednesday", "* disk: page")
        );

        var summary = DistillStage.ReadSummary(new DistillStage(night).Run(mined));

        summary.Teacher!.Select(t => t.Id).ShouldBe(["monday", "tuesday", "wednesday"], ignoreOrder: true);
        summary.Teacher!.ShouldAllBe(t => t.Rows == 2);
    }

    [Test]
    public void a_row_that_does_not_begin_with_the_students_line_has_no_teacher()
    {
        using var model = Parity.Load(new TinyBase { Context = 128 }.Write(_folder["base.gguf"]));
        var rows = TrainingRows.Some(3);
        int[] line = [.. rows[0].Tokens[..2]];

        new ContextRows(model, line, [5, 6, 7], rows.Index()).Fitting.Select(f => f.Number).ShouldBe([0]);
        new ContextRows(model, [], [5, 6, 7], rows.Index()).Fitting.ShouldBeEmpty();
        new ContextRows(model, line, [], rows.Index()).Fitting.ShouldBeEmpty();
        new ContextRows(model, line, new int[125], rows.Index()).Fitting.ShouldBeEmpty();
    }

    private Night Open(string objective) =>
        new(
            _workspace,
            new NightSettings
            {
                BasePath = new TinyBase { Context = 512 }.Write(_folder["base.gguf"]),
                Threads = 1,
                Device = "cpu",
                Training = TrainingRows.Quick with
                {
                    Precision = Precision.Fp32,
                    Objective = objective,
                    TeacherTokens = 4,
                    Epochs = 1,
                },
            },
            _folder["registry"],
            TimeProvider.System
        );

    /// <summary>Two rows under each context, and two under none.</summary>
    private static Artifact Mined(Night night, params (string Id, string Text)[] contexts)
    {
        var chat = night.Tokenizer();
        var line = night.Settings.Mining.Examples.SystemLine;
        List<TrainingExample> rows =
        [
            .. contexts
                .Select(c => c.Id)
                .Append("")
                .SelectMany(id => new[] { "disk?", "mail?" }.Select(asked => (id, asked)))
                .Select(
                    (r, i) =>
                    {
                        var said = chat.TokenizeChat([
                            new ChatMessage("system", line),
                            new ChatMessage("user", r.asked),
                            new ChatMessage("assistant", "restart"),
                        ]);
                        return new TrainingExample(said.Tokens, said.AssistantMask, 1, new EpisodeId($"e{i}"), 0)
                        {
                            ContextId = r.id,
                        };
                    }
                ),
        ];
        return night.Make(
            ArtifactKind.Mined,
            new ArtifactRecipe("mine", "1", new { contexts = contexts.Select(c => c.Id) }, 0, ["x"]),
            draft =>
            {
                ExampleFile.Write(draft[MineStage.TrainFile], rows);
                ParquetTable.Write(
                    draft[MineStage.ContextsFile],
                    contexts.Select(c => new TeacherContext(c.Id, TeacherContext.System, c.Text))
                );
            }
        );
    }
}
