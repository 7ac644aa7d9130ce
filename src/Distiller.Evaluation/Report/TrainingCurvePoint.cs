namespace Distiller.Evaluation.Report;

/// <summary>One optimizer step of the training.</summary>
/// <param name="Loss">Nats per token.</param>
public sealed record TrainingCurvePoint(int Step, double Loss, double LearningRate);
