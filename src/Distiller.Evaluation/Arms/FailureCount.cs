namespace Distiller.Evaluation;

public sealed record FailureCount(string Reason, int Tasks);
