namespace Distiller.Pretraining;

/// <summary>One point of the loss curve.</summary>
/// <param name="Step">From 1.</param>
/// <param name="Tokens">Trained on so far, this step included.</param>
/// <param name="Rung">That its rows were drawn from.</param>
/// <param name="TopRung">The highest that had been reached.</param>
/// <param name="Loss">Mean over the learnt tokens, before the update; natural logarithm.</param>
/// <param name="ExactMatch">Share of the answers whose every token was the likeliest, given the right ones before it.</param>
/// <param name="LearningRate">Muon's, in this step's update; AdamW's follows the same schedule.</param>
/// <param name="GradientNorm">Joint 2-norm before clipping.</param>
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
