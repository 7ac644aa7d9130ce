using Distiller.Jobs.Stages;

namespace Distiller.Jobs;

/// <summary>
/// One night, in running order. Each stage reads what the one before it wrote and finds its own result if it was made
/// before, so that a night that was killed goes on where it was and ends with the same bytes.
/// </summary>
public sealed class NightlyPipeline(Night night)
{
    public NightReport Run(IReadOnlyList<string> logs, string tenant, CancellationToken cancellation = default)
    {
        _ = night.Tokenizer(); // A base that cannot chat is refused before anything is collected.

        var collected = new CollectStage(night.Workspace, night.Progress).Run(logs, tenant, cancellation);
        var reduced = new ReduceStage(night).Run(cancellation);
        var mined = new MineStage(night).Run(reduced, cancellation);
        var adapter = new DistillStage(night).Run(mined, cancellation);
        var quantized = new QuantizeStage(night).Run(adapter, cancellation);
        var evaluation = new EvaluateStage(night).Run(quantized, cancellation);
        var release = new PublishStage(night).Run(evaluation, cancellation);

        var bytes = release.Files.ToDictionary(f => f.Path, f => f.Bytes, StringComparer.Ordinal);
        var figures = release.Evaluation;
        return new NightReport(
            night.Workspace.Episodes.Count().Episodes,
            collected.Quarantined,
            MineStage.ReadReport(mined).Patterns,
            DistillStage.ReadSummary(adapter).TrainTokens,
            new HoldoutLoss(figures.LossBase, figures.LossAdapterF16, figures.LossAdapterInt4),
            new AdapterBytes(bytes[Gguf.Exporter.F16File], bytes[Gguf.Exporter.Int4File]),
            new TokensPerStepChange(figures.TokensPerStepBefore, figures.TokensPerStepAfter),
            release.Id
        );
    }
}
