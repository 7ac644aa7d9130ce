namespace Distiller.Training.Lora;

/// <summary>A fresh adapter's shape.</summary>
/// <param name="Rank">1 to 512.</param>
/// <param name="Alpha">The change is scaled by Alpha / Rank; above 0, at most 4096.</param>
/// <param name="Seed">Of A's first values.</param>
public sealed record LoraSettings(int Rank, float Alpha, LoraTargets Targets, ulong Seed);
