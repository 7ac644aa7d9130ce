using Distiller.Lake;

namespace Distiller.Jobs;

/// <summary>What the first step of a night hands over.</summary>
/// <param name="Quarantined">Records that this night's collecting put into quarantine.</param>
public sealed record PreparedNight(Artifact Mined, long Quarantined);
