namespace Distiller.Evaluation;

/// <summary>What became of a task.</summary>
/// <param name="Reason">One word why it was not solved; empty when it was.</param>
/// <param name="Detail">One sentence for people; may be empty.</param>
public sealed record TaskVerdict(bool IsSolved, string Reason, string Detail);
