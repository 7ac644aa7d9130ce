namespace Distiller.Core;

/// <summary>How sure a model was of an answer, over the tokens that it chose, the end of its turn included.</summary>
/// <param name="EntropyMean">Mean entropy of the distribution that each token was chosen from, in nats.</param>
/// <param name="EntropyMax">The largest of them.</param>
/// <param name="MarginMean">Mean lead of the most likely token over the second, as a difference of probabilities, 0 to 1.</param>
/// <param name="MarginMin">The smallest of them.</param>
public readonly record struct AnswerConfidence(
    double EntropyMean,
    double EntropyMax,
    double MarginMean,
    double MarginMin
);
