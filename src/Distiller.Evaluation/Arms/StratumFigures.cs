namespace Distiller.Evaluation;

public sealed record StratumFigures(string Stratum, int Tasks, int Solved, double TokensPerTask);
