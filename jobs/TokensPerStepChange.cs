namespace Distiller.Jobs;

/// <summary>Mean tokens of a step, prompt and completion: with the verbose context, and with the one line in its place.</summary>
public sealed record TokensPerStepChange(double Before, double After);
