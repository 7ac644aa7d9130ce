namespace Distiller.Evaluation;

/// <summary>How the tokens of a task, all four classes together, are spread over the tasks.</summary>
public sealed record TokensPerTask(
    double Mean,
    double Least,
    double LowerQuartile,
    double Median,
    double UpperQuartile,
    double Most
);
