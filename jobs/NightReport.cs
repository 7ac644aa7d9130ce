namespace Distiller.Jobs;

/// <summary>What a night did: the document of <c>nightly --json</c>.</summary>
/// <param name="Episodes">Episodes in the workspace when the night was mined.</param>
/// <param name="Quarantined">Records that this night's collecting put into quarantine.</param>
/// <param name="TrainTokens">Tokens the trainer processed, every epoch counted.</param>
/// <param name="HoldoutLoss">Negative log-likelihood in nats per completion token on held-out episodes.</param>
/// <param name="TokensPerStep">Mean prompt and completion tokens of a held-out step.</param>
/// <param name="Release">Id of the published release.</param>
public sealed record NightReport(
    long Episodes,
    long Quarantined,
    int Patterns,
    long TrainTokens,
    HoldoutLoss HoldoutLoss,
    AdapterBytes AdapterBytes,
    TokensPerStepChange TokensPerStep,
    string Release
);
