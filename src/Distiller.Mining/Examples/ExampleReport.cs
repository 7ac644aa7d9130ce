namespace Distiller.Mining.Examples;

/// <summary>What became of the episodes.</summary>
public sealed record ExampleReport
{
    /// <summary>Episodes that gave at least one example.</summary>
    public required int Episodes { get; init; }

    /// <summary>Episodes that teach nothing: failed, unknown, or without an assistant turn.</summary>
    public required int Refused { get; init; }

    /// <summary>Successful episodes left out because the token budget was used up.</summary>
    public required int BeyondBudget { get; init; }

    /// <summary>Examples.</summary>
    public required int Windows { get; init; }

    /// <summary>Windows left out because another example has the very same tokens and mask.</summary>
    public required int Repeated { get; init; }

    public required long Tokens { get; init; }

    /// <summary>Tokens that carry loss.</summary>
    public required long LossTokens { get; init; }

    /// <summary>Assistant turns too long for a window: their beginning is kept, their end teaches nothing.</summary>
    public required int TruncatedTurns { get; init; }

    /// <summary>Observations shortened from their head so that the turn that answers them fits.</summary>
    public required int ShortenedObservations { get; init; }

    /// <summary>Assistant turns left out because not even their observation's end left room for them.</summary>
    public required int DroppedTurns { get; init; }
}
