namespace Distiller.Training.Distilling;

/// <summary>One point of the loss curve.</summary>
/// <param name="Step">From 1.</param>
/// <param name="Tokens">Trained on so far, this step included.</param>
/// <param name="Loss">Weighted mean over the step's loss tokens, before the update; natural logarithm.</param>
/// <param name="LearningRate">Of this step's update.</param>
/// <param name="GradientNorm">Joint 2-norm before clipping.</param>
public sealed record TrainingStep(int Step, long Tokens, double Loss, double LearningRate, double GradientNorm);
