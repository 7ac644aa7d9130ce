namespace Distiller.Evaluation;

/// <summary>One row of an arm with its verdict judged from the texts.</summary>
internal sealed record MeasuredStep(
    string EpisodeId,
    string TaskId,
    int Window,
    int Step,
    int Tokens,
    double Nats,
    CallVerdict Verdict
);
