using Distiller.Evaluation.Statistics;

namespace Distiller.Evaluation;

/// <summary>Prompt and completion tokens of a step, with the verbose context (before) and without it (after).</summary>
/// <param name="Before">Mean over steps.</param>
/// <param name="After">Mean over steps.</param>
/// <param name="RelativeChange">After over before, less one: -0.8 is 80 % fewer tokens. Its interval resamples episodes.</param>
/// <param name="Completion">Mean tokens of the logged completion, part of both.</param>
public sealed record TokensPerStep(
    double Before,
    double After,
    Estimate RelativeChange,
    double Completion,
    TokenSpread BeforeSpread,
    TokenSpread AfterSpread,
    int Steps,
    int Episodes
);
