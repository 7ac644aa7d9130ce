using System.Text.Json;
using Distiller.Core;
using Distiller.Evaluation;
using Distiller.Jobs.Scheduling.Store;
using Distiller.Jobs.Stages;
using Distiller.Mining.Labelling;
using Distiller.Study;

namespace Distiller.Jobs;

/// <summary>What a night did: the document of <c>nightly --json</c>.</summary>
/// <param name="Episodes">Tasks in the workspace when the night was mined, sessions cut at their requests.</param>
/// <param name="Labels">How those that are no duplicates ended, and what tells it.</param>
/// <param name="Quarantined">Records that this night's collecting put into quarantine.</param>
/// <param name="TrainTokens">Tokens the trainer processed, every epoch counted.</param>
/// <param name="HoldoutLoss">Negative log-likelihood in nats per completion token on held-out episodes.</param>
/// <param name="TokensPerStep">Tokens of a held-out step with the verbose context and without, prompt and completion.</param>
/// <param name="Published">Whether there is a release.</param>
/// <param name="Release">Its id; null where the gate is closed.</param>
/// <param name="Report">Where the page for people lies.</param>
/// <param name="Adapter">Where the INT4 adapter lies, published or not.</param>
/// <param name="Gate">The trial's, or the held-out loss's where there are no tasks that can be carried out.</param>
/// <param name="Trial">The arms, side by side; null without such tasks.</param>
public sealed record NightReport(
    long Episodes,
    LabelCounts? Labels,
    long Quarantined,
    int Patterns,
    int Cards,
    long TrainTokens,
    ArmFigures<double> HoldoutLoss,
    AdapterBytes AdapterBytes,
    TokensPerStep TokensPerStep,
    bool Published,
    string? Release,
    string Report,
    string Adapter,
    Gate Gate,
    TrialHeadline? Trial
)
{
    /// <summary>What was made of the documents in the agents' prompts; null where there are none, or none was to be studied.</summary>
    public StudySummary? Study { get; init; }

    /// <summary>What each mined pattern did when it was tried; null where none was.</summary>
    public IReadOnlyList<PatternValue>? Replay { get; init; }

    /// <summary>What the base made of each context as a teacher; null for an objective without one.</summary>
    public IReadOnlyList<TaughtContext>? Teacher { get; init; }

    /// <summary>Why nothing was published; null where there is a release.</summary>
    public string? Reason => Gate.IsOpen ? null : string.Join(' ', Gate.Reasons);

    /// <summary>The headline, as the run's row keeps it.</summary>
    /// <param name="home">The workspace, to which the report's path becomes relative.</param>
    public RunFigures ToRunFigures(string home) =>
        new()
        {
            Episodes = Episodes,
            Quarantined = Quarantined,
            Patterns = Patterns,
            TrainTokens = TrainTokens,
            TokensPerStepBefore = TokensPerStep.Before,
            TokensPerStepAfter = TokensPerStep.After,
            HoldoutLossBase = HoldoutLoss.Base,
            HoldoutLossInt4 = HoldoutLoss.AdapterInt4,
            Int4Bytes = AdapterBytes.Int4,
            Published = Published,
            ReleaseId = Release,
            GateReasons = Gate.Reasons,
            // The words that the report has.
            Claim = Trial?.Claim,
            Verdict = (Trial?.ClaimVerdict ?? Trial?.Verdict) is { } verdict
                ? JsonSerializer.SerializeToElement(verdict, EpisodeJson.Options).GetString()
                : null,
            Tasks = Trial is { Arms: [var first, ..] } ? first.Tasks : null,
            Arms =
            [
                .. (Trial?.Arms ?? []).Select(a => new RunArmFigures(
                    a.Arm,
                    a.Tasks,
                    a.Solved,
                    a.TokensPerTask,
                    a.TokensPerSolvedTask,
                    a.CostPerSolvedTask
                )),
            ],
            ReportPath = Path.GetRelativePath(home, Report),
        };
}

/// <summary>Sizes of the two GGUF files.</summary>
public sealed record AdapterBytes(long F16, long Int4);
