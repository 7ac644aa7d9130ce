using Distiller.Evaluation;
using Distiller.Jobs.Stages;
using Distiller.Lake;
using Distiller.Registry;

namespace Distiller.Jobs;

/// <summary>
/// One night, in running order. Each stage reads what the one before it wrote and finds its own result if it was made
/// before, so that a night that was killed goes on where it was and ends with the same bytes. Its three steps may run on
/// different machines that share the workspace: what one hands over, the next opens by its key.
/// </summary>
public sealed class NightlyPipeline(Night night)
{
    public NightReport Run(IReadOnlyList<string> logs, string tenant, CancellationToken cancellation = default)
    {
        var prepared = Prepare(logs, tenant, cancellation);
        var trained = Train(prepared.Mined, cancellation);
        return Judge(prepared, trained, cancellation);
    }

    /// <summary>Logs to training examples.</summary>
    public PreparedNight Prepare(IReadOnlyList<string> logs, string tenant, CancellationToken cancellation = default)
    {
        night.CheckBase();

        var collected = night.Watch(
            "collect",
            logs,
            () =>
                new CollectStage(night.Workspace, night.Progress, night.Settings.ScrubRules).Run(
                    logs,
                    tenant,
                    cancellation
                ),
            _ => [$"episodes/{night.Workspace.Episodes.SnapshotId()}"]
        );
        var reduced = new ReduceStage(night).Run(cancellation);
        var mined = new MineStage(night).Run(reduced, cancellation: cancellation);
        return new PreparedNight(Tried(reduced, mined, cancellation), collected.Quarantined);
    }

    /// <summary>What is found to do harm in a prompt is not taught.</summary>
    private Artifact Tried(Artifact reduced, Artifact mined, CancellationToken cancellation)
    {
        if (night.Trial is not { Patterns: { } patterns } trial)
        {
            return mined;
        }

        var replayed = new ReplayStage(night, trial, patterns).Run(mined, cancellation);
        return new MineStage(night).Run(reduced, replayed, cancellation);
    }

    /// <summary>Training examples, with what the agents' documents say beside them, to the adapter, and to the control that a trial is judged against.</summary>
    public TrainedNight Train(Artifact mined, CancellationToken cancellation = default)
    {
        var examples = new StudyStage(night).Run(mined, cancellation);
        var adapter = new DistillStage(night).Run(examples, cancellation);
        var control = night.Trial is null ? null : new ControlStage(night).Train(examples, cancellation);
        return new TrainedNight(adapter, control);
    }

    /// <summary>The adapter to what is known of it, and to a release where its gate is open.</summary>
    public NightReport Judge(PreparedNight prepared, TrainedNight trained, CancellationToken cancellation = default)
    {
        var quantized = new QuantizeStage(night).Run(trained.Adapter, cancellation);
        var evaluation = new EvaluateStage(night).Run(quantized, cancellation);
        var trial = Try(evaluation, trained.Control, cancellation);
        var tried = trial is null ? null : TrialStage.ReadSummary(trial);
        var figures = EvaluateStage.ReadSummary(evaluation);
        var gate = tried?.Figures.Gate ?? figures.Gate;
        var release = gate.IsOpen ? Publish(evaluation, trial, cancellation) : null;

        var (f16, int4) = (quantized.File(Gguf.Exporter.F16File), quantized.File(Gguf.Exporter.Int4File));
        var mining = MineStage.ReadReport(prepared.Mined);
        return new NightReport(
            mining.Episodes,
            mining.Labels,
            prepared.Quarantined,
            mining.Patterns,
            mining.Cards,
            DistillStage.ReadSummary(trained.Adapter).TrainTokens,
            figures.HoldoutLoss,
            new AdapterBytes(new FileInfo(f16).Length, new FileInfo(int4).Length),
            figures.TokensPerStep,
            Published: release is not null,
            release?.Id,
            (trial ?? evaluation).File(EvaluateStage.ReportFile),
            int4,
            gate,
            tried is null ? null : TrialHeadline.Of(tried)
        )
        {
            Study = StudyStage.ReadSummary(Lineage.OfAdapter(night.Workspace, quantized).Examples),
            Replay = MineStage.ReadValues(night.Workspace, prepared.Mined),
            Teacher = DistillStage.ReadSummary(trained.Adapter).Teacher,
        };
    }

    /// <summary>Only tasks that can be carried out tell whether the adapter does what it is for.</summary>
    private Artifact? Try(Artifact evaluation, Artifact? control, CancellationToken cancellation)
    {
        if (night.Trial is null || control is null)
        {
            return null;
        }

        var quantized = new ControlStage(night).Quantize(control, cancellation);
        return new TrialStage(night, night.Trial).Run(evaluation, quantized, cancellation);
    }

    private Release Publish(Artifact evaluation, Artifact? trial, CancellationToken cancellation) =>
        night.Watch(
            "publish",
            trial is null ? [evaluation.Key] : [evaluation.Key, trial.Key],
            () => new PublishStage(night).Run(evaluation, trial, cancellation),
            release => [$"release/{release.Id}"]
        );
}

/// <summary>What the first step of a night hands over.</summary>
/// <param name="Quarantined">Records that this night's collecting put into quarantine.</param>
public sealed record PreparedNight(Artifact Mined, long Quarantined);

/// <summary>What the second step of a night hands over.</summary>
/// <param name="Control">The null control's adapter; null for a night without a trial.</param>
public sealed record TrainedNight(Artifact Adapter, Artifact? Control);
