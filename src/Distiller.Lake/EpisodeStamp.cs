namespace Distiller.Lake;

/// <summary>What decides whether a stored record is to be kept.</summary>
/// <param name="IsCurrent">False: a longer record of the same key took its place.</param>
public sealed record EpisodeStamp(EpisodeId Id, DateTimeOffset? StartedAt, bool IsCurrent);
