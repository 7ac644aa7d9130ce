using Distiller.Edge;
using Distiller.Evaluation;
using Distiller.Gguf;
using Distiller.Jobs.Stages;
using Distiller.Lake;
using Distiller.Mining.Digesting;
using Distiller.Registry;
using Distiller.Tests.Evaluating;
using Distiller.Tests.Publishing;
using Distiller.Tests.Trials;
using Distiller.Training.Distilling;

namespace Distiller.Tests.Repeating;

/// <summary>
/// One golden output per stage from reducing to publishing (what collecting stores: what_is_stored_stays_the_same). What depends on the processor (factors of a training, losses and
/// texts by llama.cpp) is not in them, or only to a tolerance; neither are report pages, which show what other files hold.
/// </summary>
internal sealed class a_stage_with_another_output_has_another_version
{
    /// <summary>Holds every file, byte for byte, of the sample episodes with the tiny base's tokenizer.</summary>
    [Test]
    public void reduce()
    {
        using var bench = new NightBench();
        var reduced = bench.Reduced();

        Whole(
                new GoldenOutput("reduce", ReduceStage.Version, "ReduceStage.Version (jobs/Stages/ReduceStage.cs)"),
                reduced
            )
            .Bytes("kept/reduced", bench.Kept("reduced"))
            .Check();
    }

    /// <summary>As of <see cref="reduce"/>. Its output had changed twice under version 2, which no test told.</summary>
    [Test]
    public void mine()
    {
        using var bench = new NightBench();
        var mined = new MineStage(bench.Night).Run(bench.Reduced());

        MineStage.ReadReport(mined).Succeeded.ShouldBePositive();
        Whole(new GoldenOutput("mine", MineStage.Version, "MineStage.Version (jobs/Stages/MineStage.cs)"), mined)
            .Check();
        new GoldenOutput(
            "digests",
            EpisodeDigester.Version,
            "EpisodeDigester.Version (src/Distiller.Mining/Digesting/EpisodeDigester.cs)"
        )
            .Bytes("kept/digests", bench.Kept("digests"))
            .Check();
    }

    /// <summary>An artifact that version 2 of mining left in a workspace is not taken for one of today's.</summary>
    [Test]
    public void and_what_an_earlier_version_made_is_made_again()
    {
        using var bench = new NightBench();
        var mined = new MineStage(bench.Night).Run(bench.Reduced());

        var made = mined.Manifest;
        Key(MineStage.Version).ShouldBe(mined.Key);
        Key("2").ShouldNotBe(mined.Key);

        string Key(string version) =>
            new ArtifactRecipe(made.Stage, version, made.Settings, made.Seed, made.Inputs).Key(made.Kind);
    }

    /// <summary>
    /// Holds: files, names and shapes of the factors, the recipe, which rows each step took (its tokens) and at which rate;
    /// losses and gradient norms to a thousandth. Cannot hold: the factors' bytes.
    /// </summary>
    [Test]
    public void distill()
    {
        using var bench = new NightBench();
        var adapter = new DistillStage(bench.Night).Run(bench.Examples());

        Trained(
                new GoldenOutput("distill", DistillStage.Version, "DistillStage.Version (jobs/Stages/DistillStage.cs)"),
                adapter
            )
            .Check();
    }

    /// <summary>As of <see cref="distill"/>; and the shuffled rows exactly.</summary>
    [Test]
    public void control()
    {
        using var bench = new NightBench();
        var adapter = new ControlStage(bench.Night).Train(bench.Examples());

        var shuffled = bench.Workspace.Artifacts.Latest(ArtifactKind.ControlExamples)!;
        Trained(
                new GoldenOutput("control", ControlStage.Version, "ControlStage.Version (jobs/Stages/ControlStage.cs)"),
                adapter
            )
            .Json("rows", ExampleFile.Read(shuffled.File(MineStage.TrainFile)).ToList())
            .Check();
    }

    /// <summary>Holds every file, byte for byte: the arithmetic is our own and the same on every processor.</summary>
    [Test]
    public void quantize()
    {
        using var bench = new NightBench();
        var golden = new GoldenOutput(
            "quantize",
            QuantizeStage.Version,
            "QuantizeStage.Version (jobs/Stages/QuantizeStage.cs)"
        );

        Whole(golden, new QuantizeStage(bench.Night).Run(bench.Adapter())).Check();
    }

    /// <summary>
    /// Holds: the choice of held-out rows and of the turns to be generated, the tokens of each step, and every figure that
    /// follows from given rows. Cannot hold: what llama.cpp computes.
    /// </summary>
    [Test]
    public void evaluate()
    {
        using var desk = new TinyDesk();
        using var model = EdgeModel.Load(desk.Base, new EdgeModelOptions { VocabularyOnly = true });
        var plan = HoldoutPlan.Choose(
            desk.Rows,
            desk.Options with
            {
                MaxHoldoutTokens = 400,
                MaxGeneratedSteps = 2,
            },
            t => model.Tokenizer.Detokenize(t, special: true)
        );
        var rows = new PlausibleEvaluation().Input();

        new GoldenOutput("evaluate", EvaluateStage.Version, "EvaluateStage.Version (jobs/Stages/EvaluateStage.cs)")
            .Json(
                "plan",
                plan.Rows.Select(r => new
                    {
                        r.Example.EpisodeId,
                        r.Example.Window,
                        turns = r.Turns.Select(t => new
                        {
                            t.Start,
                            t.Length,
                            t.Logged,
                            t.Generate,
                        }),
                    })
                    .ToList()
            )
            .Json("tokens", TokenAccount.Count(TinyDesk.Episodes, model.Tokenizer, _ => "Do as ever.", "Be brief."))
            .Json("summary", rows.Summary)
            .Check();
    }

    /// <summary>Holds every figure that follows from given rows and prices. Cannot hold: the rows, which llama.cpp decides.</summary>
    [Test]
    public void trial()
    {
        using var folder = new TemporaryFolder();
        var summary = new PlausibleTrial { Tasks = 60 }.Write(folder.Path);

        new GoldenOutput("trial", TrialStage.Version, "TrialStage.Version (jobs/Stages/TrialStage.cs)")
            .Json("summary", summary)
            .Json("rows", TrialFolder.ReadRows(folder.Path))
            .Json("requests", TrialFolder.ReadRequests(folder.Path))
            .Json("files", Directory.GetFiles(folder.Path).Select(f => Path.GetFileName(f)).Order().ToList())
            .Check();
    }

    /// <summary>Holds every file of a release of given files; a release has the version of its schema.</summary>
    [Test]
    public void publish()
    {
        using var bench = new ReleaseBench();
        var golden = new GoldenOutput(
            "publish",
            Release.CurrentSchema,
            "Release.CurrentSchema (src/Distiller.Registry/Release.cs)"
        );

        var folder = bench.Registry.FolderOf(bench.Registry.Publish(bench.Draft()));

        foreach (var file in Directory.GetFiles(folder, "*", SearchOption.AllDirectories))
        {
            golden.Bytes(Path.GetRelativePath(folder, file), File.ReadAllBytes(file));
        }

        golden.Check();
    }

    private static GoldenOutput Whole(GoldenOutput golden, Artifact artifact)
    {
        foreach (var file in artifact.Manifest.Files)
        {
            golden.Bytes(file.Name, File.ReadAllBytes(artifact.File(file.Name)));
        }

        return golden;
    }

    private static GoldenOutput Trained(GoldenOutput golden, Artifact adapter)
    {
        using var factors = SafetensorsFile.Open(adapter.File(DistillStage.AdapterFile), "");
        var curve = ParquetTable.Read<TrainingStep>(adapter.File(DistillStage.CurveFile)).ToList();
        return golden
            .Json("files", adapter.Manifest.Files.Select(f => f.Name).Order(StringComparer.Ordinal).ToList())
            .Json("recipe", adapter.Manifest.Settings)
            .Json(
                "factors",
                factors
                    .ReadMatrices()
                    .Select(m => new
                    {
                        m.Name,
                        m.Rows,
                        m.Columns,
                    })
                    .ToList()
            )
            .Json(
                "steps",
                curve
                    .Select(s => new
                    {
                        s.Step,
                        s.Tokens,
                        s.LearningRate,
                    })
                    .ToList()
            )
            .Numbers("loss", curve.Select(s => s.Loss))
            .Numbers("gradient-norm", curve.Select(s => s.GradientNorm));
    }
}
