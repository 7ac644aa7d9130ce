namespace Distiller.Mining.Reviewing;

/// <summary>What a person says of a pattern.</summary>
public enum PatternDecision
{
    /// <summary>Nothing, or no longer anything: the miner alone decides.</summary>
    None,

    /// <summary>It stays as long as enough episodes follow it.</summary>
    Accepted,

    /// <summary>It is no pattern, and what follows it is not taught.</summary>
    Rejected,
}
