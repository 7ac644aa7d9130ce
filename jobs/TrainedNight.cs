using Distiller.Lake;

namespace Distiller.Jobs;

/// <summary>What the second step of a night hands over.</summary>
/// <param name="Control">The null control's adapter; null for a night without a trial.</param>
public sealed record TrainedNight(Artifact Adapter, Artifact? Control);
