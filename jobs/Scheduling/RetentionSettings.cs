using System.ComponentModel.DataAnnotations;
using Distiller.Core.Settings;

namespace Distiller.Jobs.Scheduling;

/// <summary>How long a tenant's workspace keeps what it no longer needs.</summary>
/// <param name="RawEpisodesDays">Null: for ever.</param>
/// <param name="KeepNights">Beside those that releases cite; null: of all nights.</param>
public sealed record RetentionSettings(
    [property: Setting("raw-episodes-days", "Raw episodes go so many days after they were distilled")]
    [property: Range(1, Keeping.Retention.RawDaysMax)]
        int? RawEpisodesDays,
    [property: Setting("keep-nights", "Artifacts of so many newest nights stay")]
    [property: Range(1, Keeping.GarbageOptions.KeepNightsMax)]
        int? KeepNights
);
