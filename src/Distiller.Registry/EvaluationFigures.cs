namespace Distiller.Registry;

/// <summary>The headline of <c>evaluation.json</c>: losses in nats per held-out completion token, tokens per step.</summary>
public sealed record EvaluationFigures(
    double LossBase,
    double LossAdapterF16,
    double LossAdapterInt4,
    double TokensPerStepBefore,
    double TokensPerStepAfter
);
