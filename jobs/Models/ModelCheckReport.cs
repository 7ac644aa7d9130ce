namespace Distiller.Jobs.Models;

/// <summary>What <c>models check</c> found: the document of <c>--json</c>.</summary>
/// <param name="Parameters">Number of weights.</param>
/// <param name="ContextLength">Tokens the base was trained for.</param>
/// <param name="HasChatTemplate">A base without one can be checked but not distilled.</param>
/// <param name="TensorTypes">How the weights are stored, with the number of tensors of each type.</param>
/// <param name="Tokens">Tokens compared.</param>
/// <param name="MaxAbsLogitDifference">Trainer against llama.cpp, over all positions and the whole vocabulary.</param>
/// <param name="MeanAbsLogitDifference">The mean over the same logits.</param>
/// <param name="MeanNllDifference">Largest difference of a text's mean negative log-likelihood, in nats per token.</param>
/// <param name="MaxAbsReferenceDifference">Trainer against the reference: logits and negative log-likelihoods.</param>
/// <param name="Note">Why llama.cpp may differ, where it may.</param>
public sealed record ModelCheckReport(
    bool Supported,
    string Architecture,
    string Name,
    string Sha256,
    long Parameters,
    int ContextLength,
    bool HasChatTemplate,
    IReadOnlyDictionary<string, int> TensorTypes,
    int Tokens,
    double MaxAbsLogitDifference,
    double MeanAbsLogitDifference,
    double MeanNllDifference,
    double? MaxAbsReferenceDifference,
    string Note
);
