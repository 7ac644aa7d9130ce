namespace Distiller.Jobs.Models;

/// <summary>Numbers that an independent implementation computed for T token ids.</summary>
/// <param name="Ids">T token ids.</param>
/// <param name="Nll">T-1 negative log-likelihoods: of token t+1 given those up to t, in nats; null when not given.</param>
/// <param name="FirstLogits">V logits after the first token; null when not given.</param>
/// <param name="LastLogits">Token id and logit after the last token, for all or the largest.</param>
public sealed record ReferenceCase(
    int[] Ids,
    double[]? Nll,
    double[]? FirstLogits,
    IReadOnlyList<(int Token, double Logit)> LastLogits
);
