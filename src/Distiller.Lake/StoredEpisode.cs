namespace Distiller.Lake;

/// <summary>An episode with where it came from.</summary>
public sealed record StoredEpisode(Episode Episode, EpisodeSource Source);
