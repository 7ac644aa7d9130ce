namespace Distiller.Mining.Reducing;

/// <summary>
/// An episode with shorter observations. It keeps the identity of the episode it was made from: it is the same attempt.
/// </summary>
/// <param name="Reductions">One per observation, in order.</param>
public sealed record ReducedEpisode(Episode Episode, IReadOnlyList<Reduction> Reductions);
