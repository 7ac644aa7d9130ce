using System.Text.Json;
using Distiller.Core;
using Distiller.Gguf;
using Distiller.Lake;
using Distiller.Training.Distilling;
using Distiller.Training.Lora;
using Distiller.Training.Model;
using Distiller.Training.Torch;

namespace Distiller.Jobs.Stages;

/// <summary>Training examples to an adapter. Goes on from its last checkpoint after any interruption.</summary>
/// <param name="kind">Of the artifact; the null control's differs.</param>
/// <param name="stage">The name under which the work is told.</param>
public sealed class DistillStage(Night night, string kind = ArtifactKind.Adapter, string stage = "distill")
{
    public const string AdapterFile = "lora.safetensors";
    public const string CurveFile = ArtifactFileName.Curve;
    public const string SummaryFile = "training.json";
    private const string CheckpointFolder = "checkpoint";
    internal const string Version = "2";

    /// <param name="examples">Whatever holds <see cref="MineStage.TrainFile"/>.</param>
    public Artifact Run(Artifact examples, CancellationToken cancellation = default)
    {
        var options = Resolved(examples);
        return night.Make(
            kind,
            Recipe(examples, options),
            draft => Train(draft, examples, options, cancellation),
            $"{CheckpointFolder}/*"
        );
    }

    /// <summary>
    /// With the precision that this machine's verdict is, or the other where the adapter was made, or begun, in that one: a
    /// night that goes on upon another machine goes on with what it has.
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
                // What decides the bytes; how often a checkpoint is written does not.
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

    private void Train(ArtifactDraft draft, Artifact examples, TrainingOptions options, CancellationToken cancellation)
    {
        night.Tell(stage, 0, 1, "loading the base");
        TorchInfo.Threads = night.Settings.Threads;
        using var file = GgufFile.Open(night.Settings.BasePath);
        using var model = BaseModel.Load(file, night.Settings.Device, options.Precision, cancellation);
        var rows = ExampleFile.Read(examples.File(MineStage.TrainFile)).ToList();
        var trainer = new LoraTrainer(model, night.Base.Sha256, night.Time);
        var progress = new StageName(night.Progress, stage);
        var result = trainer.Train(rows, options, draft[CheckpointFolder], progress, cancellation: cancellation);

        new LoraFile(result.Adapter, night.Base.Sha256).Write(draft[AdapterFile]);
        ParquetTable.Write(draft[CurveFile], result.Curve);
        var summary = new TrainingSummary(
            result.TrainTokens,
            result.Curve.Count,
            result.Curve[^1].Loss,
            result.Seconds
        );
        AtomicFile.WriteAllBytes(draft[SummaryFile], JsonSerializer.SerializeToUtf8Bytes(summary, EpisodeJson.Options));
    }
}

/// <summary>What a finished training tells the other stages.</summary>
/// <param name="TrainTokens">Tokens processed, every epoch counted.</param>
/// <param name="FinalLoss">Weighted mean of the last step, nats per loss token.</param>
/// <param name="Seconds">That the steps took. Another run of the same training takes other seconds: no key or hash that must repeat holds it.</param>
public sealed record TrainingSummary(long TrainTokens, int Steps, double FinalLoss, double Seconds);
