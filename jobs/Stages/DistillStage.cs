using System.Text.Json;
using Distiller.Core;
using Distiller.Gguf;
using Distiller.Lake;
using Distiller.Training.Distilling;
using Distiller.Training.Lora;
using Distiller.Training.Model;
using Distiller.Training.Objectives;
using Distiller.Training.Torch;

namespace Distiller.Jobs.Stages;

/// <summary>Trains an adapter on examples. After an interruption, training resumes from the last checkpoint.</summary>
/// <param name="kind">Kind of the artifact; the null control has its own.</param>
/// <param name="stage">Stage name in recipes and progress.</param>
public sealed class DistillStage(Night night, string kind = ArtifactKind.Adapter, string stage = "distill")
{
    public const string AdapterFile = "lora.safetensors";
    public const string CurveFile = ArtifactFileName.Curve;
    public const string SummaryFile = "training.json";
    public const string ValidationFile = "validation.parquet";
    private const string CheckpointFolder = "checkpoint";
    internal const string Version = "2";

    /// <param name="examples">An artifact with <see cref="MineStage.TrainFile"/>.</param>
    public Artifact Run(Artifact examples, CancellationToken cancellation = default)
    {
        var options = Resolved(examples);
        // A teacher that reads the context would teach the control what it must not know: it learns the shuffled tokens alone.
        var isControl = kind != ArtifactKind.Adapter;
        var contexts = () => isControl ? new Dictionary<string, string>(StringComparer.Ordinal) : Contexts(examples);
        var taught = new TeachStage(night, isControl ? ArtifactKind.ControlTaught : ArtifactKind.Taught).Run(
            examples,
            contexts,
            options,
            cancellation
        );
        return night.Make(
            kind,
            Recipe(examples, options),
            draft => Train(draft, examples, taught, contexts, options, cancellation),
            $"{CheckpointFolder}/*"
        );
    }

    /// <summary>
    /// Resolves <see cref="Precision.Auto"/> to the precision that is faster on this machine; but if this adapter was
    /// already trained, or begun, in the other precision, that one: a night that resumes on another machine keeps its
    /// precision.
    /// </summary>
    private TrainingOptions Resolved(Artifact examples)
    {
        var settings = night.Settings;
        var options = settings.Training with
        {
            Seed = (ulong)settings.Seed,
            Precision = CpuPrecision.Resolve(settings.Training.Precision, settings.Device, night.Workspace.Home),
        };
        if (settings.Training.Precision is not Precision.Auto)
        {
            return options;
        }

        var other = options with { Precision = options.Precision is Precision.Bf16 ? Precision.Fp32 : Precision.Bf16 };
        return !IsKnown(options) && IsKnown(other) ? other : options;

        bool IsKnown(TrainingOptions some)
        {
            var key = Recipe(examples, some).Key(kind);
            return night.Workspace.Artifacts.Find(kind, key) is not null
                || night.Workspace.Artifacts.Unfinished().Any(w => w.Kind == kind && w.Key == key);
        }
    }

    private ArtifactRecipe Recipe(Artifact examples, TrainingOptions options) =>
        new(
            stage,
            Version,
            new
            {
                @base = night.Base.Sha256,
                // Only options that decide the bytes; the checkpoint interval does not.
                options = options with
                {
                    CheckpointEvery = default,
                    CheckpointEverySteps = 0,
                },
                night.Settings.Threads,
                night.Settings.Device,
            },
            night.Settings.Seed,
            [examples.Key]
        );

    public static TrainingSummary ReadSummary(Artifact adapter) => adapter.ReadJson<TrainingSummary>(SummaryFile);

    /// <summary>By id; those of the mined artifact from which the examples came.</summary>
    private Dictionary<string, string> Contexts(Artifact examples)
    {
        var mined = examples;
        while (mined.Kind != ArtifactKind.Mined)
        {
            var input = mined.Manifest.Inputs[0];
            mined =
                night.Workspace.Artifacts.Find(ArtifactKind.Mined, input) ?? night.Handed(ArtifactKind.Studied, input);
        }

        return MineStage.ReadContexts(mined).ToDictionary(c => c.Id, c => c.Text, StringComparer.Ordinal);
    }

    /// <summary>For an objective that asks one during the training; else null.</summary>
    private (ReadingTeacher? Teacher, IReadOnlyList<TaughtContext>? Summary) Teacher(
        BaseModel model,
        IReadOnlyList<TrainingExample> rows,
        Func<IReadOnlyDictionary<string, string>> contexts,
        TrainingOptions options,
        CancellationToken cancellation
    )
    {
        if (KnownObjectives.Named(options.Objective).Teacher is not TeacherUse.Asked)
        {
            return (null, null);
        }

        var known = new TaughtContexts(night, model, options);
        var asked = known.Of(rows, contexts(), cancellation).ToList();
        var read = asked
            .Where(c => c.Rows.Count > 0)
            .ToDictionary(c => c.Summary.Id, c => c.Tokens, StringComparer.Ordinal);
        return (new ReadingTeacher(model, known.Line, read), [.. asked.Select(c => c.Summary)]);
    }

    private void Train(
        ArtifactDraft draft,
        Artifact examples,
        Artifact? taught,
        Func<IReadOnlyDictionary<string, string>> contexts,
        TrainingOptions options,
        CancellationToken cancellation
    )
    {
        night.Tell(stage, 0, 1, "loading the base");
        TorchInfo.Threads = night.Settings.Threads;
        using var file = GgufFile.Open(night.Settings.BasePath);
        IReadOnlyList<TrainingExample> rows = [.. ExampleFile.Read(examples.File(MineStage.TrainFile))];
        rows = taught is null ? rows : TeachStage.Join(rows, taught, options.TeacherTokens);
        var longest = rows.Select(r => r.Tokens.Length).DefaultIfEmpty().Max();
        TrainingMemory
            .Of(file, options, longest)
            // How much a GPU has free, libtorch's binding does not tell.
            .RequireFits(file.Path, night.Settings.Device is "cpu" ? MachineMemory.Available() : null);
        using var model = BaseModel.Load(file, night.Settings.Device, options.Precision, cancellation);
        var (teacher, asked) = Teacher(model, rows, contexts, options, cancellation);
        using var freed = teacher;
        var trainer = new LoraTrainer(model, night.Base.Sha256, night.Time);
        var progress = new StageName(night.Progress, stage);
        var result = trainer.Train(
            rows,
            options,
            draft[CheckpointFolder],
            progress,
            teacher: teacher,
            cancellation: cancellation
        );

        new LoraFile(result.Adapter, night.Base.Sha256).Write(draft[AdapterFile]);
        ParquetTable.Write(draft[CurveFile], result.Curve);
        if (result.Validation.Count > 0)
        {
            ParquetTable.Write(draft[ValidationFile], result.Validation);
        }

        var best = result.Validation.MinBy(p => p.MeanNll);
        var summary = new TrainingSummary(
            result.TrainTokens,
            result.Curve.Count,
            result.Curve[^1].Loss,
            result.Seconds,
            result.Skipped.Count > 0 ? result.Skipped.Count : null,
            best?.Step,
            best?.MeanNll,
            taught is null ? asked : TeachStage.ReadSummary(taught).Contexts
        );
        AtomicFile.WriteAllBytes(draft[SummaryFile], JsonSerializer.SerializeToUtf8Bytes(summary, EpisodeJson.Options));
    }
}

/// <summary>Results of a finished training that other stages use.</summary>
/// <param name="Teacher">What the base makes of each context as a teacher; null for an objective without one.</param>
/// <param name="TrainTokens">Tokens processed, every epoch counted.</param>
/// <param name="FinalLoss">Weighted mean loss of the last optimizer step, in nats per loss token.</param>
/// <param name="Seconds">
/// Duration of the training. It differs from run to run, so no key or hash that must repeat may contain it.
/// </param>
/// <param name="SkippedSteps">Steps without a finite loss, which changed nothing; null: none.</param>
/// <param name="BestStep">Steps before the factors that were kept; null where the last ones were, without validation.</param>
/// <param name="ValidationLoss">Theirs, in nats per loss token of the validation rows.</param>
public sealed record TrainingSummary(
    long TrainTokens,
    int Steps,
    double FinalLoss,
    double Seconds,
    int? SkippedSteps = null,
    int? BestStep = null,
    double? ValidationLoss = null,
    IReadOnlyList<TaughtContext>? Teacher = null
);
