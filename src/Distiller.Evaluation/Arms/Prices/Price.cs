using System.Text.Json.Serialization;

namespace Distiller.Evaluation;

/// <summary>A provider's public list price for one model, in US dollars per million tokens.</summary>
public sealed record Price
{
    [JsonIgnore]
    public string Name => $"{Provider}/{Model}";

    public required string Provider { get; init; }

    public required string Model { get; init; }

    /// <summary>The day on which it was the list price.</summary>
    public required DateOnly AsOf { get; init; }

    public required string Source { get; init; }

    public required double InputUsdPerMillion { get; init; }

    /// <summary>Null: reads are billed as input.</summary>
    public double? CacheReadUsdPerMillion { get; init; }

    /// <summary>Null: writes are billed as input.</summary>
    public double? CacheWriteUsdPerMillion { get; init; }

    public required double OutputUsdPerMillion { get; init; }

    /// <summary>A prefix shorter than this is neither kept nor found in the provider's cache.</summary>
    public int MinCacheableTokens { get; init; }
}
