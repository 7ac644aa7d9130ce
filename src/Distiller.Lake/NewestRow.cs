namespace Distiller.Lake;

internal sealed record NewestRow
{
    public DateTimeOffset? StartedAt { get; init; }
}
