namespace Distiller.Evaluation;

/// <summary>Mean tokens of the tasks that both arms solved: what a failure saves or wastes is left out.</summary>
public sealed record BothSolved(int Tasks, double Tokens, double AgainstTokens);
