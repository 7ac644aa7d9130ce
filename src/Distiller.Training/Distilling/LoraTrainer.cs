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
    /// <param name="teacher">For objectives that ask one; null: the logged tokens alone teach.</param>
    /// <exception cref="BadInputException">
    /// Options, rows or checkpoint are unusable, or the loss of three steps in a row is no number; the checkpoint then holds
    /// the last good state.
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
        ReadingTeacher? teacher = null,
        CancellationToken cancellation = default
    )
    {
        OptionsCheck.Require(options);
        PackedRows.Check(rows, model.Config);
        if (
            KnownObjectives.Named(options.Objective).Teacher is TeacherUse.Stored
            && rows.Any(r => r.Teacher?.Tokens != r.LossTokens)
        )
        {
            throw new ArgumentException(
                $"The objective '{options.Objective}' needs a teacher's targets for every row.",
                nameof(rows)
            );
        }

        options = options with { Precision = PrecisionOfModel(options.Precision) };
        return TorchException.Translate(() =>
            Train(rows, options, checkpointFolder, start, teacher, progress, cancellation)
        );
    }

    private TrainingResult Train(
        IReadOnlyList<TrainingExample> rows,
        TrainingOptions options,
        string? checkpointFolder,
        LoraWeights? start,
        ReadingTeacher? teacher,
        IProgress<StageProgress>? progress,
        CancellationToken cancellation
    )
    {
        var split = options.ValidateEvery > 0 ? ValidationSplit.Of(rows, options.ValidationTokens, options.Seed) : null;
        var taught = split?.Train ?? rows;
        var plan = new TrainingPlan(taught, options);
        var fresh = start ?? Fresh(options);
        var taken = start is null && options.Init is AdapterStart.Pissa ? fresh : null;
        var fingerprint = checkpointFolder is null
            ? ""
            : Checkpoint.FingerprintOf(baseSha256, rows, options, fresh, teacher?.Sha256);
        var saved = checkpointFolder is null ? null : Checkpoint.Read(checkpointFolder, fingerprint, fresh);
        var state = new TrainingState(options, plan.Steps, saved);
        var resumedFrom = state.Position;
        var wasOver = state.IsOver;

        using var adapter = LoraAdapter.From(model, saved?.Weights ?? fresh, taken);
        using var optimizer = new AdamW(
            adapter.Parameters,
            options.Beta1,
            options.Beta2,
            options.Epsilon,
            options.WeightDecay,
            // A and B in turn.
            [.. adapter.Parameters.Select((_, i) => i % 2 == 0 ? 1 : options.LoraPlusRatio)]
        );
        if (saved is not null)
        {
            optimizer.Restore(
                state.Curve.Count,
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
                    state.Curve,
                    Seconds(),
                    state.Skipped,
                    state.Validation,
                    state.Best
                ).Write(checkpointFolder);
            }
        }

        LoraWeights Whole(LoraWeights trained) => taken is null ? trained : PrincipalStart.Difference(trained, taken);

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

        var pace = new TrainingPace(time, plan, state.Position);
        var savedAt = time.GetTimestamp();
        var savedState = (state.Position, state.Validation.Count);
        bool IsUnsaved() => (state.Position, state.Validation.Count) != savedState;
        var steady = new Lock();
        void SaveNew()
        {
            lock (steady)
            {
                if (IsUnsaved())
                {
                    Save();
                    (savedAt, savedState) = (time.GetTimestamp(), (state.Position, state.Validation.Count));
                }
            }
        }

        // On shutdown the machine may not wait for the current pass of a large base: the last completed step is saved from
        // the cancelling thread while the pass still runs.
        using var leaving = cancellation.Register(() =>
        {
            lock (steady)
            {
                if (IsUnsaved() && TrySave())
                {
                    savedState = (state.Position, state.Validation.Count);
                }
            }
        });
        while (!state.IsOver)
        {
            try
            {
                if (state.IsValidationDue)
                {
                    var loss = HeldOutLoss.Measure(
                        model,
                        split!.Validation,
                        adapter,
                        options.TokensPerPass,
                        cancellation
                    );
                    lock (steady)
                    {
                        state.Add(new ValidationPoint(state.Position, loss.MeanNll), adapter.ToWeights);
                    }

                    continue;
                }

                Step(state, plan, taught, options, adapter, optimizer, teacher, steady, cancellation);
            }
            catch (Exception e) when (e is OperationCanceledException or BadInputException)
            {
                // An unfinished optimizer step is discarded; it has not changed the factors.
                SaveNew();
                throw;
            }

            if (state.Curve.Count > 0)
            {
                progress?.Report(pace.After(state.Curve));
            }

            if (
                state.Position - savedState.Position >= options.CheckpointEverySteps
                || time.GetElapsedTime(savedAt) >= options.CheckpointEvery
                || state.IsOver
            )
            {
                SaveNew();
            }
        }

        SaveNew();
        return state.Curve.Count == 0
            ? throw Diverged(state.Position, "no step had a loss that is a number")
            : new TrainingResult(
                Whole(state.Best ?? adapter.ToWeights()),
                state.Curve,
                plan.TokensAfter(state.Position),
                plan.RowsWithoutLoss,
                resumedFrom,
                // The checkpoint of a finished run already holds its total duration.
                wasOver ? saved!.Seconds : Seconds(),
                state.Skipped,
                state.Validation
            );
    }

    /// <summary>One optimizer step. One whose loss or gradient is not finite is skipped and counted.</summary>
    /// <exception cref="BadInputException">The third such step in a row; it is not counted.</exception>
    private void Step(
        TrainingState state,
        TrainingPlan plan,
        IReadOnlyList<TrainingExample> rows,
        TrainingOptions options,
        LoraAdapter adapter,
        AdamW optimizer,
        ReadingTeacher? teacher,
        Lock steady,
        CancellationToken cancellation
    )
    {
        var number = state.Position + 1;
        var batch = plan.RowsOf(state.Position).Select(i => rows[i]).ToList();
        var (loss, norm) = Gradient(batch, number, options, adapter, optimizer, teacher, cancellation);
        var rate = options.RateAt(state.Position, plan.Steps);
        lock (steady)
        {
            if (double.IsFinite(loss) && double.IsFinite(norm))
            {
                optimizer.step(rate);
                state.Add(new TrainingStep(number, plan.TokensAfter(number), loss, rate, norm));
            }
            else if (state.SkipsInARow + 1 < TrainingState.SkipsMax)
            {
                state.Skip();
            }
            else
            {
                throw Diverged(
                    number,
                    $"{TrainingState.SkipsMax} steps in a row have a loss or gradient that is no number (loss {loss}, gradient norm {norm})"
                );
            }
        }
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
        if (options.Init is AdapterStart.Pissa)
        {
            return PrincipalStart.Of(model, options.Lora);
        }

        using var adapter = LoraAdapter.Create(model, options.Lora);
        return adapter.ToWeights();
    }

    /// <summary>Computes the gradient of one optimizer step, clips it, and leaves it in the parameters.</summary>
    /// <param name="number">Of the step, from 1.</param>
    private (double Loss, double Norm) Gradient(
        List<TrainingExample> batch,
        int number,
        TrainingOptions options,
        LoraAdapter adapter,
        AdamW optimizer,
        ReadingTeacher? teacher,
        CancellationToken cancellation
    )
    {
        optimizer.zero_grad();
        var objective = KnownObjectives.Named(options.Objective);
        var lossTokens = batch.Sum(r => (long)r.LossTokens);
        // The losses of a step stay on the device until all its passes are queued: on a GPU every read waits for them.
        using var sum = torch.zeros([], ScalarType.Float64, model.Device);
        adapter.RecomputesLayers = options.ActivationCheckpointing;
        try
        {
            foreach (
                var (i, pass) in PackedRows.Groups(batch, PackedRows.ComputedTokens, options.TokensPerPass).Index()
            )
            {
                cancellation.ThrowIfCancellationRequested();
                using var pause = GcPause.Begin();
                using var scope = torch.NewDisposeScope();
                adapter.Dropout =
                    options.Dropout > 0
                        ? new LoraDropout(options.Dropout, new SplitMix64(options.Seed, $"dropout {number}.{i}").Next())
                        : null;
                var (tokens, wanted) = PackedRows.Pack(pass, 1.0 / lossTokens);
                var share = objective.Loss(
                    model,
                    adapter,
                    new TrainingPass(pass, tokens, wanted)
                    {
                        CrossEntropyShare = options.CrossEntropyShare,
                        Teacher = teacher,
                        Draw = new SplitMix64(options.Seed, $"pass {number}.{i}").Next(),
                    }
                );
                cancellation.ThrowIfCancellationRequested();
                share.backward();
                sum.add_(share.detach().to(ScalarType.Float64));
            }
        }
        finally
        {
            (adapter.Dropout, adapter.RecomputesLayers) = (null, false);
        }

        var norm = optimizer.clip_grad_norm(options.ClipNorm);
        return (sum.item(), norm);
    }

    private static BadInputException Diverged(int step, string how) =>
        new(
            new SourceLocation($"training step {step}", 0),
            $"The training has diverged: {how}.",
            "Lower the learning rate, or look for examples with absurd weights."
        );

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
/// <param name="Skipped">Numbers of the steps, from 1, that were skipped because their loss was no number.</param>
/// <param name="Validation">
/// The loss on validation rows; empty where none was to be measured. Otherwise <paramref name="Adapter"/> is that of the least.
/// </param>
public sealed record TrainingResult(
    LoraWeights Adapter,
    IReadOnlyList<TrainingStep> Curve,
    long TrainTokens,
    int RowsWithoutLoss,
    int ResumedFrom,
    double Seconds,
    IReadOnlyList<int> Skipped,
    IReadOnlyList<ValidationPoint> Validation
);

/// <summary>One optimizer step: a point of the loss curve.</summary>
/// <param name="Step">Number of the optimizer step, from 1.</param>
/// <param name="Tokens">Tokens trained on so far, including this step.</param>
/// <param name="Loss">Weighted mean of the objective over the step's loss tokens, before the update, in nats.</param>
/// <param name="LearningRate">Learning rate of this step's update.</param>
/// <param name="GradientNorm">2-norm of the whole gradient, before clipping.</param>
public sealed record TrainingStep(int Step, long Tokens, double Loss, double LearningRate, double GradientNorm);
