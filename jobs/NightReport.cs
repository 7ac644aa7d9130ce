using Distiller.Evaluation;

namespace Distiller.Jobs;

/// <summary>What a night did: the document of <c>nightly --json</c>.</summary>
/// <param name="Episodes">Episodes in the workspace when the night was mined.</param>
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
    long Quarantined,
    int Patterns,
    long TrainTokens,
    ArmFigures<double> HoldoutLoss,
    AdapterBytes AdapterBytes,
    TokensPerStep TokensPerStep,
    bool Published,
    string? Release,
    string Report,
    string Adapter,
    Gate Gate,
    TrialShow? Trial
)
{
    /// <summary>Why nothing was published; null where there is a release.</summary>
    public string? Reason => Gate.IsOpen ? null : string.Join(' ', Gate.Reasons);
}

/// <summary>Sizes of the two GGUF files.</summary>
public sealed record AdapterBytes(long F16, long Int4);
