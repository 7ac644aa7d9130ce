namespace Distiller.Evaluation;

/// <summary>How tokens per step are spread over the steps.</summary>
public sealed record TokenSpread(double Least, double Tenth, double Median, double Ninetieth, double Most);
