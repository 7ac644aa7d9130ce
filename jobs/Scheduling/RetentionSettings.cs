namespace Distiller.Jobs.Scheduling;

/// <summary>How long a tenant's workspace keeps what it no longer needs.</summary>
/// <param name="RawEpisodesDays">Raw episodes go this many days after they were distilled; null: never.</param>
/// <param name="KeepNights">Artifacts of this many newest nights stay beside those that releases cite; null: of all.</param>
public sealed record RetentionSettings(int? RawEpisodesDays, int? KeepNights);
