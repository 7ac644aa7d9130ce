namespace Distiller.Mining.Patterns;

/// <summary>What <see cref="PatternMiner"/> found.</summary>
/// <param name="Patterns">The most useful first.</param>
/// <param name="SupportMin">The least support looked for: the asked one, or more where the log was too rich for the bound on the work.</param>
/// <param name="Frequent">Sequences with enough support.</param>
/// <param name="Closed">Those among them that no longer sequence with the same episodes contains.</param>
/// <param name="Harmful">Closed sequences left out because success with them is lower, the whole interval below zero.</param>
/// <param name="Truncated">Whether the bound on the work was reached even so, and sequences may be missing.</param>
public sealed record PatternMining(
    IReadOnlyList<Pattern> Patterns,
    int SupportMin,
    int Frequent,
    int Closed,
    int Harmful,
    bool Truncated
);
