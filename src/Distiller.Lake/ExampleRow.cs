namespace Distiller.Lake;

/// <summary>A training example as a row of a Parquet file.</summary>
internal sealed record ExampleRow(
    int[] Tokens,
    bool[] LossMask,
    float Weight,
    string EpisodeId,
    int Window,
    string? TaskId
);
