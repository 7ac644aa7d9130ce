using Distiller.Core.Settings;
using Distiller.Gguf;
using Distiller.Training.Distilling;
using Distiller.Training.Model;
using Distiller.Training.Torch;

namespace Distiller.Pretraining;

/// <summary>
/// Trains a base from nothing, up a ladder of tasks: Muon for the matrices, AdamW for the embedding. The loss of a step is
/// the mean over the learnt tokens of all its rows. On one machine with one number of threads the same inputs give the
/// same bytes, whether the run was interrupted or not.
/// </summary>
public sealed class Pretrainer(
    TinyArchitecture architecture,
    ICurriculum curriculum,
    PretrainingOptions options,
    Device device,
    TimeProvider time
)
{
    private const double AdamEpsilon = 1e-8;

    /// <summary>
    /// Trains until all steps are done or the <paramref name="limit"/> has passed. The run resumes from the checkpoint in
    /// the folder and writes checkpoints at intervals, at the end, and on cancellation; the checkpoint of a finished run
    /// gives its result at once.
    /// </summary>
    /// <exception cref="BadInputException">
    /// Architecture, options, rows or checkpoint are unusable, or the loss is no longer a number.
    /// </exception>
    /// <exception cref="OperationCanceledException">
    /// The run was cancelled; the checkpoint holds the completed steps.
    /// </exception>
    /// <exception cref="TorchException">libtorch failed, for example because memory ran out.</exception>
    public PretrainingResult Train(
        IStart start,
        string checkpointFolder,
        TimeSpan? limit = null,
        IProgress<StageProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        OptionsCheck.Require(architecture);
        OptionsCheck.Require(options);
        CheckRungs();
        return TorchException.Translate(() => TrainOn(start, checkpointFolder, limit, progress, cancellation));
    }

    private PretrainingResult TrainOn(
        IStart start,
        string checkpointFolder,
        TimeSpan? limit,
        IProgress<StageProgress>? progress,
        CancellationToken cancellation
    )
    {
        var shapes = architecture.Weights;
        var fresh = shapes.Select(w => start.Values(w.Name, w.Out, w.In)).ToList();
        var fingerprint = PretrainingCheckpoint.FingerprintOf(architecture, options, curriculum, fresh);
        var saved = PretrainingCheckpoint.Read(checkpointFolder, fingerprint, architecture);
        CheckRates(checkpointFolder, saved);

        using var model = Load(checkpointFolder, saved?.Weights ?? fresh, cancellation);
        var weights = model.Unfreeze().ToDictionary(w => w.Name, w => w.Weight, StringComparer.Ordinal);
        var parameters = shapes.Select(w => weights[w.Name]).ToList(); // the embedding, then the matrices
        using var adam = new AdamW(parameters[..1], options.AdamBeta1, options.AdamBeta2, AdamEpsilon, 0);
        using var muon = new Muon(parameters[1..], options.MuonMomentum, options.MuonDecay);
        List<PretrainingStep> curve = [.. saved?.Curve ?? []];
        var ladder = new Ladder(options, curriculum.RungCount);
        curve.ForEach(s => ladder.Add(s.Rung, s.ExactMatch));
        if (saved is not null)
        {
            adam.Restore(
                curve.Count,
                Tensors([saved.FirstMoment], parameters[..1]),
                Tensors([saved.SecondMoment], parameters[..1])
            );
            muon.Restore(Tensors(saved.Momenta, parameters[1..]));
        }

        void Save() =>
            new PretrainingCheckpoint(
                fingerprint,
                [.. parameters.Select(p => p.ToFloats())],
                [.. muon.Momenta.Select(m => m.ToFloats())],
                adam.FirstMoments[0].ToFloats(),
                adam.SecondMoments[0].ToFloats(),
                curve
            ).Write(checkpointFolder, architecture);

        var batches = new PretrainingBatches(curriculum, options, model.Config);
        var pace = new PretrainingPace(time, options, curriculum, curve.Count, TokensOf(curve));
        var (startedAt, savedAt, savedSteps) = (time.GetTimestamp(), time.GetTimestamp(), curve.Count);
        while (curve.Count < options.Steps && !(limit is { } most && time.GetElapsedTime(startedAt) >= most))
        {
            try
            {
                var batch = batches.Draw(curve.Count, ladder.Top);
                var (loss, exact, norm) = Gradient(model, batch, parameters, curve.Count, cancellation);
                var share = options.RateShareAt(curve.Count);
                adam.step(options.AdamRate * share);
                muon.step(options.MuonRate * share);
                curve.Add(
                    new PretrainingStep(
                        curve.Count + 1,
                        TokensOf(curve) + batch.Rows.Sum(r => (long)PackedRows.ComputedTokens(r)),
                        batch.Rung,
                        ladder.Top,
                        loss,
                        exact,
                        options.MuonRate * share,
                        norm
                    )
                );
                ladder.Add(batch.Rung, exact);
            }
            catch (OperationCanceledException)
            {
                // The unfinished optimizer step is discarded; it has not changed the weights.
                if (curve.Count > savedSteps)
                {
                    Save();
                }

                throw;
            }

            progress?.Report(pace.After(curve[^1], ladder));
            if (
                curve.Count - savedSteps >= options.CheckpointEverySteps
                || time.GetElapsedTime(savedAt) >= options.CheckpointEvery
            )
            {
                Save();
                (savedAt, savedSteps) = (time.GetTimestamp(), curve.Count);
            }
        }

        if (curve.Count > savedSteps)
        {
            Save();
        }

        return new PretrainingResult(
            weights.ToDictionary(w => w.Key, w => w.Value.ToFloats(), StringComparer.Ordinal),
            curve,
            ladder.Top,
            curve.Count >= options.Steps,
            saved?.Curve.Count ?? 0
        );
    }

    private static long TokensOf(List<PretrainingStep> curve) => curve.Count == 0 ? 0 : curve[^1].Tokens;

    /// <summary>Computes the gradient of one optimizer step, clips it, and leaves it in the parameters.</summary>
    private (double Loss, double ExactMatch, double Norm) Gradient(
        BaseModel model,
        PretrainingBatch batch,
        List<Tensor> parameters,
        int step,
        CancellationToken cancellation
    )
    {
        parameters.ForEach(p => p.clear_grad());
        var learnt = batch.Rows.Sum(r => (long)r.LossTokens);
        var loss = 0.0;
        var isRight = new List<bool>();
        foreach (var pass in PackedRows.Groups(batch.Rows, PackedRows.ComputedTokens, options.TokensPerPass))
        {
            cancellation.ThrowIfCancellationRequested();
            using var pause = GcPause.Begin();
            using var scope = torch.NewDisposeScope();
            var (tokens, wanted) = PackedRows.Pack(pass, 1.0 / learnt);
            var (sum, isGreedy) = model.LossAndGreedy(tokens, wanted);
            sum.backward();
            loss += sum.item();
            isRight.AddRange(isGreedy);
        }

        var norm = TensorExtensions.clip_grad_norm(parameters, options.ClipNorm);
        return double.IsFinite(loss) && double.IsFinite(norm)
            ? (loss, batch.ExactMatch(isRight), norm)
            : throw new BadInputException(
                new SourceLocation($"pre-training step {step + 1}", 0),
                $"The training has diverged: loss {loss}, gradient norm {norm}.",
                "Lower the learning rates."
            );
    }

    /// <summary>
    /// Writes the weights as a GGUF file and loads that, so that training starts from exactly what a reader of the file
    /// gets.
    /// </summary>
    private BaseModel Load(string folder, IReadOnlyList<float[]> values, CancellationToken cancellation)
    {
        var path = Path.Combine(folder, "start.gguf");
        var weights = architecture
            .Weights.Zip(values)
            .ToDictionary(p => p.First.Name, p => p.Second, StringComparer.Ordinal);
        try
        {
            TinyModelFile.Write(path, "start", architecture, weights, GgmlType.F32);
            using var file = GgufFile.Open(path);
            return BaseModel.Load(file, device, ScalarType.Float32, cancellation);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static List<Tensor> Tensors(IReadOnlyList<float[]> values, List<Tensor> like)
    {
        using var scope = torch.NewDisposeScope();
        return [.. values.Zip(like, (v, p) => scope.Detach(torch.tensor(v, p.shape, device: p.device)))];
    }

    private void CheckRungs()
    {
        if (options.FirstRung >= curriculum.RungCount)
        {
            throw new BadInputException(
                new SourceLocation("pre-training options", 0),
                $"The first rung is {options.FirstRung}; the ladder has {curriculum.RungCount}, counted from 0.",
                $"Choose 0 to {curriculum.RungCount - 1}."
            );
        }
    }

    /// <summary>
    /// Refuses a new step budget that would have given the completed steps other learning rates: no single run could
    /// give these bytes.
    /// </summary>
    private void CheckRates(string folder, PretrainingCheckpoint? saved)
    {
        if (
            saved is not null
            && saved.Curve.Any(s => s.LearningRate != options.MuonRate * options.RateShareAt(s.Step - 1))
        )
        {
            throw new BadInputException(
                new SourceLocation(PretrainingCheckpoint.PathIn(folder), 0),
                $"The {saved.Curve.Count} steps done had other learning rates than a budget of {options.Steps} steps gives them.",
                "Give the budget of before: it can be changed only until the rates begin to fall."
            );
        }
    }
}

/// <summary>The result of pre-training, finished or paused.</summary>
/// <param name="Weights">Row after row, by GGUF name.</param>
/// <param name="Curve">Every optimizer step, including those before an interruption.</param>
/// <param name="TopRung">The highest rung that was opened.</param>
/// <param name="IsFinished">False where the time was up before the steps were done.</param>
/// <param name="ResumedFrom">Optimizer steps that a checkpoint contributed; 0 for an uninterrupted run.</param>
public sealed record PretrainingResult(
    IReadOnlyDictionary<string, float[]> Weights,
    IReadOnlyList<PretrainingStep> Curve,
    int TopRung,
    bool IsFinished,
    int ResumedFrom
);

/// <summary>One optimizer step: a point of the loss curve.</summary>
/// <param name="Step">Number of the optimizer step, from 1.</param>
/// <param name="Tokens">Tokens trained on so far, including this step.</param>
/// <param name="Rung">The rung from which the rows were drawn.</param>
/// <param name="TopRung">The highest rung reached so far.</param>
/// <param name="Loss">Mean over the learnt tokens, before the update; natural logarithm.</param>
/// <param name="ExactMatch">
/// Share of the answers whose every token was the likeliest, given the right ones before it.
/// </param>
/// <param name="LearningRate">Muon's, in this step's update; AdamW's follows the same schedule.</param>
/// <param name="GradientNorm">2-norm of the whole gradient, before clipping.</param>
public sealed record PretrainingStep(
    int Step,
    long Tokens,
    int Rung,
    int TopRung,
    double Loss,
    double ExactMatch,
    double LearningRate,
    double GradientNorm
);

/// <summary>Turns finished steps into progress: share done, rung, speed of this run, time left.</summary>
internal sealed class PretrainingPace(
    TimeProvider time,
    PretrainingOptions options,
    ICurriculum curriculum,
    int stepsBefore,
    long tokensBefore
)
{
    private readonly long _start = time.GetTimestamp();

    public StageProgress After(PretrainingStep step, Ladder ladder)
    {
        var seconds = time.GetElapsedTime(_start).TotalSeconds;
        var speed = seconds > 0 ? (step.Tokens - tokensBefore) / seconds : 0;
        var left = TimeSpan.FromSeconds(seconds / (step.Step - stepsBefore) * (options.Steps - step.Step));
        return new StageProgress(
            "pretrain",
            step.Step,
            options.Steps,
            $"step {step.Step} of {options.Steps}, "
                + $"rung {curriculum.RungName(ladder.Top)} ({ladder.Top + 1} of {curriculum.RungCount}), "
                + $"loss {step.Loss:F3}, exact {ladder.ExactMatch:F2}, {speed:F0} tokens/s, "
                + $"{(int)left.TotalHours}:{left:mm\\:ss} left"
        );
    }
}
