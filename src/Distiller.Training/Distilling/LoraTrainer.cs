using Distiller.Core.Settings;
using Distiller.Gguf;
using Distiller.Training.Lora;
using Distiller.Training.Model;
using Distiller.Training.Objectives;
using Distiller.Training.Torch;

namespace Distiller.Training.Distilling;

/// <summary>
/// Trains an adapter on rows of tokens by the objective that the options name. On one machine with one number of threads
/// the same inputs give the same bytes, whether the run was interrupted or not.
/// </summary>
/// <param name="model">The frozen base.</param>
/// <param name="baseSha256">Hash of the base's file; a checkpoint is valid only for this base.</param>
public sealed class LoraTrainer(BaseModel model, string baseSha256, TimeProvider time)
{
    /// <summary>
    /// Trains until the plan is complete. With a <paramref name="checkpointFolder"/> the run resumes from the checkpoint
    /// there and writes checkpoints at intervals, at the end, and on cancellation; the checkpoint of a finished run gives
    /// its result at once.
    /// </summary>
    /// <param name="start">Factors to begin from in place of fresh ones.</param>
    /// <exception cref="BadInputException">
    /// Options, rows or checkpoint are unusable, or the loss is no longer a number.
    /// </exception>
    /// <exception cref="OperationCanceledException">
    /// The run was cancelled; the checkpoint holds the completed steps.
    /// </exception>
    /// <exception cref="TorchException">libtorch failed, for example because memory ran out.</exception>
    public TrainingResult Train(
        IReadOnlyList<TrainingExample> rows,
        TrainingOptions options,
        string? checkpointFolder = null,
        IProgress<StageProgress>? progress = null,
        LoraWeights? start = null,
        CancellationToken cancellation = default
    )
    {
        OptionsCheck.Require(options);
        PackedRows.Check(rows, model.Config);
        if (KnownObjectives.Named(options.Objective).NeedsTeacher && rows.Any(r => r.Teacher?.Tokens != r.LossTokens))
        {
            throw new ArgumentException(
                $"The objective '{options.Objective}' needs a teacher's targets for every row.",
                nameof(rows)
            );
        }

        options = options with { Precision = PrecisionOfModel(options.Precision) };
        return TorchException.Translate(() => Train(rows, options, checkpointFolder, start, progress, cancellation));
    }

    private TrainingResult Train(
        IReadOnlyList<TrainingExample> rows,
        TrainingOptions options,
        string? checkpointFolder,
        LoraWeights? start,
        IProgress<StageProgress>? progress,
        CancellationToken cancellation
    )
    {
        var plan = new TrainingPlan(rows, options);
        var fresh = start ?? Fresh(options);
        var fingerprint = checkpointFolder is null ? "" : Checkpoint.FingerprintOf(baseSha256, rows, options, fresh);
        var saved = checkpointFolder is null ? null : Checkpoint.Read(checkpointFolder, fingerprint, fresh);

        using var adapter = LoraAdapter.From(model, saved?.Weights ?? fresh);
        using var optimizer = new AdamW(
            adapter.Parameters,
            options.Beta1,
            options.Beta2,
            options.Epsilon,
            options.WeightDecay
        );
        List<TrainingStep> curve = [.. saved?.Curve ?? []];
        if (saved is not null)
        {
            optimizer.Restore(
                curve.Count,
                Moments(saved.FirstMoments, adapter.Parameters),
                Moments(saved.SecondMoments, adapter.Parameters)
            );
        }

        var began = time.GetTimestamp();
        double Seconds() => (saved?.Seconds ?? 0) + time.GetElapsedTime(began).TotalSeconds;

        void Save()
        {
            if (checkpointFolder is not null)
            {
                new Checkpoint(
                    fingerprint,
                    adapter.ToWeights(),
                    [.. optimizer.FirstMoments.Select(m => m.ToFloats())],
                    [.. optimizer.SecondMoments.Select(v => v.ToFloats())],
                    curve,
                    Seconds()
                ).Write(checkpointFolder);
            }
        }

        bool TrySave()
        {
            try
            {
                Save();
                return true;
            }
            catch (Exception e) when (e is IOException or BadInputException or UnauthorizedAccessException)
            {
                return false; // The next save from the training loop meets the same fault and reports it.
            }
        }

        var pace = new TrainingPace(time, plan, curve.Count);
        var savedAt = time.GetTimestamp();
        var savedSteps = curve.Count;
        var steady = new Lock();

        // On shutdown the machine may not wait for the current pass of a large base: the last completed step is saved from
        // the cancelling thread while the pass still runs.
        using var leaving = cancellation.Register(() =>
        {
            lock (steady)
            {
                if (curve.Count > savedSteps && TrySave())
                {
                    savedSteps = curve.Count;
                }
            }
        });
        while (curve.Count < plan.Steps)
        {
            try
            {
                var batch = plan.RowsOf(curve.Count).Select(i => rows[i]).ToList();
                var (loss, norm) = Gradient(batch, options, adapter, optimizer, cancellation);
                var rate = options.RateAt(curve.Count, plan.Steps);
                lock (steady)
                {
                    optimizer.step(rate);
                    curve.Add(new TrainingStep(curve.Count + 1, plan.TokensAfter(curve.Count + 1), loss, rate, norm));
                }
            }
            catch (OperationCanceledException)
            {
                // The unfinished optimizer step is discarded; it has not changed the factors.
                lock (steady)
                {
                    if (curve.Count > savedSteps)
                    {
                        Save();
                        savedSteps = curve.Count;
                    }
                }

                throw;
            }

            progress?.Report(pace.After(curve));
            var due =
                curve.Count - savedSteps >= options.CheckpointEverySteps
                || time.GetElapsedTime(savedAt) >= options.CheckpointEvery;
            if (due || curve.Count == plan.Steps)
            {
                lock (steady)
                {
                    Save();
                    (savedAt, savedSteps) = (time.GetTimestamp(), curve.Count);
                }
            }
        }

        return new TrainingResult(
            adapter.ToWeights(),
            curve,
            plan.TotalTokens,
            plan.RowsWithoutLoss,
            saved?.Curve.Count ?? 0,
            // The checkpoint of a finished run already holds its total duration.
            saved?.Curve.Count == plan.Steps
                ? saved.Seconds
                : Seconds()
        );
    }

    /// <summary>
    /// The model's number format, which becomes part of the fingerprint; Auto for float64, which only tests use.
    /// </summary>
    private Precision PrecisionOfModel(Precision wanted)
    {
        var own = model.ComputeType switch
        {
            ScalarType.Float32 => Precision.Fp32,
            ScalarType.BFloat16 => Precision.Bf16,
            _ => Precision.Auto,
        };
        return wanted is Precision.Auto || wanted == own
            ? own
            : throw new ArgumentException($"The base was loaded in {own}, the options say {wanted}.", nameof(wanted));
    }

    private LoraWeights Fresh(TrainingOptions options)
    {
        using var adapter = LoraAdapter.Create(model, options.Lora);
        return adapter.ToWeights();
    }

    /// <summary>Computes the gradient of one optimizer step, clips it, and leaves it in the parameters.</summary>
    private (double Loss, double Norm) Gradient(
        List<TrainingExample> batch,
        TrainingOptions options,
        LoraAdapter adapter,
        AdamW optimizer,
        CancellationToken cancellation
    )
    {
        optimizer.zero_grad();
        var objective = KnownObjectives.Named(options.Objective);
        var lossTokens = batch.Sum(r => (long)r.LossTokens);
        var loss = 0.0;
        foreach (var pass in PackedRows.Groups(batch, PackedRows.ComputedTokens, options.TokensPerPass))
        {
            cancellation.ThrowIfCancellationRequested();
            using var pause = GcPause.Begin();
            using var scope = torch.NewDisposeScope();
            var (tokens, wanted) = PackedRows.Pack(pass, 1.0 / lossTokens);
            var share = objective.Loss(
                model,
                adapter,
                new TrainingPass(pass, tokens, wanted) { CrossEntropyShare = options.CrossEntropyShare }
            );
            cancellation.ThrowIfCancellationRequested();
            share.backward();
            loss += share.item();
        }

        var norm = optimizer.clip_grad_norm(options.ClipNorm);
        return double.IsFinite(loss) && double.IsFinite(norm)
            ? (loss, norm)
            : throw new BadInputException(
                new SourceLocation($"training step {optimizer.Steps + 1}", 0),
                $"The training has diverged: loss {loss}, gradient norm {norm}.",
                "Lower the learning rate."
            );
    }

    private static List<Tensor> Moments(IReadOnlyList<float[]> values, IReadOnlyList<Tensor> like)
    {
        using var scope = torch.NewDisposeScope();
        return [.. values.Zip(like, (v, p) => scope.Detach(torch.tensor(v, p.shape).to(p.dtype, p.device)))];
    }
}

/// <summary>The result of a finished training.</summary>
/// <param name="Curve">Every optimizer step, including those before an interruption.</param>
/// <param name="RowsWithoutLoss">Rows left out because no token of theirs carries loss.</param>
/// <param name="ResumedFrom">Optimizer steps that a checkpoint contributed; 0 for an uninterrupted run.</param>
/// <param name="Seconds">
/// Duration of the steps before and after interruptions. Steps that a killed run did not save count once, when repeated.
/// </param>
public sealed record TrainingResult(
    LoraWeights Adapter,
    IReadOnlyList<TrainingStep> Curve,
    long TrainTokens,
    int RowsWithoutLoss,
    int ResumedFrom,
    double Seconds
);

/// <summary>One optimizer step: a point of the loss curve.</summary>
/// <param name="Step">Number of the optimizer step, from 1.</param>
/// <param name="Tokens">Tokens trained on so far, including this step.</param>
/// <param name="Loss">Weighted mean of the objective over the step's loss tokens, before the update, in nats.</param>
/// <param name="LearningRate">Learning rate of this step's update.</param>
/// <param name="GradientNorm">2-norm of the whole gradient, before clipping.</param>
public sealed record TrainingStep(int Step, long Tokens, double Loss, double LearningRate, double GradientNorm);

/// <summary>Reports completed optimizer steps as progress: share done, speed of this run, time left.</summary>
internal sealed class TrainingPace(TimeProvider time, TrainingPlan plan, int stepsBefore)
{
    private readonly long _start = time.GetTimestamp();

    public StageProgress After(IReadOnlyList<TrainingStep> curve)
    {
        var step = curve[^1];
        var seconds = time.GetElapsedTime(_start).TotalSeconds;
        var speed = seconds > 0 ? (step.Tokens - plan.TokensAfter(stepsBefore)) / seconds : 0;
        var left = speed > 0 ? TimeSpan.FromSeconds((plan.TotalTokens - step.Tokens) / speed) : TimeSpan.Zero;
        return new StageProgress(
            "distill",
            step.Tokens,
            plan.TotalTokens,
            $"step {step.Step} of {plan.Steps}, loss {step.Loss:F3}, {speed:F0} tokens/s, {(int)left.TotalHours}:{left:mm\\:ss} left"
        );
    }
}
