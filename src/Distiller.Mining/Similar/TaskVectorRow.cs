namespace Distiller.Mining.Similar;

/// <summary>By what a task is compared with others before its vector is read.</summary>
public record TaskKeys
{
    public required string Id { get; init; }

    public required string TaskId { get; init; }

    /// <summary>See <see cref="Hyperplanes.Bands"/>; empty for a task that asks nothing.</summary>
    public required long[] Bands { get; init; }

    /// <summary>Of what <see cref="TaskSlots.Of"/> gives.</summary>
    public required long Slots { get; init; }
}

/// <summary>A task with the vector of what it asks, as it is kept from night to night.</summary>
public sealed record TaskVectorRow : TaskKeys
{
    public required string Text { get; init; }

    /// <summary>Of length 1; empty for a task that asks nothing.</summary>
    public required float[] Vector { get; init; }
}
