using Distiller.Evaluation;
using Distiller.Jobs.Stages;
using Distiller.Lake;

namespace Distiller.Jobs;

/// <summary>
/// One night, in running order. Each stage reads what the one before it wrote and finds its own result if it was made
/// before, so that a night that was killed goes on where it was and ends with the same bytes.
/// </summary>
public sealed class NightlyPipeline(Night night)
{
    public NightReport Run(IReadOnlyList<string> logs, string tenant, CancellationToken cancellation = default)
    {
        night.CheckBase();

        var collected = new CollectStage(night.Workspace, night.Progress).Run(logs, tenant, cancellation);
        var reduced = new ReduceStage(night).Run(cancellation);
        var mined = new MineStage(night).Run(reduced, cancellation);
        var adapter = new DistillStage(night).Run(mined, cancellation);
        var quantized = new QuantizeStage(night).Run(adapter, cancellation);
        var evaluation = new EvaluateStage(night).Run(quantized, cancellation);
        var trial = Try(mined, evaluation, cancellation);
        var tried = trial is null ? null : TrialStage.ReadSummary(trial);
        var release = tried is { Figures.Gate.IsOpen: false }
            ? null
            : new PublishStage(night).Run(evaluation, trial, cancellation);

        var figures = EvaluateStage.ReadSummary(evaluation);
        var (f16, int4) = (quantized.File(Gguf.Exporter.F16File), quantized.File(Gguf.Exporter.Int4File));
        return new NightReport(
            night.Workspace.Episodes.Count().Episodes,
            collected.Quarantined,
            MineStage.ReadReport(mined).Patterns,
            DistillStage.ReadSummary(adapter).TrainTokens,
            new HoldoutLoss(figures.HoldoutLoss.Base, figures.HoldoutLoss.AdapterF16, figures.HoldoutLoss.AdapterInt4),
            new AdapterBytes(new FileInfo(f16).Length, new FileInfo(int4).Length),
            new TokensPerStepChange(figures.TokensPerStep.Before, figures.TokensPerStep.After),
            Published: release is not null,
            release?.Id,
            (trial ?? evaluation).File(EvaluateStage.ReportFile),
            int4,
            tried?.Figures.Gate,
            tried is null ? null : TrialShow.Of(tried)
        );
    }

    /// <summary>Only tasks that can be carried out tell whether the adapter does what it is for.</summary>
    private Artifact? Try(Artifact mined, Artifact evaluation, CancellationToken cancellation)
    {
        if (night.Trial is null)
        {
            return null;
        }

        var control = new ControlStage(night).Run(mined, cancellation);
        return new TrialStage(night, night.Trial).Run(evaluation, control, cancellation);
    }
}
