using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Distiller.Core.Settings;
using Quartz;

namespace Distiller.Jobs.Scheduling;

/// <summary>The nights of one tenant.</summary>
public sealed record TenantSchedule
{
    /// <summary>What stands beside the tenant's name; the settings of its nights stand apart.</summary>
    internal static readonly string[] OwnSettings = ["retries", "retry-delay"];

    /// <summary>Letters, digits, <c>-</c>, <c>_</c> and <c>.</c>: it is part of folder names and of run ids.</summary>
    public required string Name { get; init; }

    /// <summary>The workspace folder; absolute.</summary>
    public required string Home { get; init; }

    /// <summary>The folder of releases; absolute.</summary>
    public required string Registry { get; init; }

    /// <summary>Log files and folders; absolute.</summary>
    public required IReadOnlyList<string> Logs { get; init; }

    /// <summary>When a night becomes due: a cron expression in Quartz's form, read in <see cref="Zone"/>.</summary>
    public required string Cron { get; init; }

    public required TimeZoneInfo Zone { get; init; }

    /// <summary>When the night may work.</summary>
    public required OffPeakWindows Windows { get; init; }

    public required NightSettings Settings { get; init; }

    /// <summary>The tasks on which the night tries its adapter; null: none. Its reader knows what it means.</summary>
    public JsonElement? Trial { get; init; }

    [Setting("retries", "Times a step that was stopped by a passing fault is tried again")]
    [Range(0, 20)]
    public int Retries { get; init; } = 3;

    [Setting("retry-delay", "Time before the first retry; doubled for each further one")]
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00", ParseLimitsInInvariantCulture = true)]
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Null: everything is kept.</summary>
    public RetentionSettings? Retention { get; init; }

    /// <summary>The cron expression in words where it is a plain one: <c>01:30 on Mon-Fri, Europe/Berlin</c>.</summary>
    public string When => $"{CronWords.Of(Cron)}, {Zone.Id}";

    /// <summary>The next night due after an instant; null: none.</summary>
    public DateTimeOffset? DueAfter(DateTimeOffset at) =>
        CronExpression.Parse(Cron).WithTimeZone(Zone).GetNextValidTimeAfter(at) is { } due
            ? TimeZoneInfo.ConvertTime(due, Zone)
            : null;

    /// <summary>The nights after an instant, the next first.</summary>
    public IEnumerable<PlannedNight> NightsAfter(DateTimeOffset at)
    {
        for (var due = DueAfter(at); due is { } d; due = DueAfter(d))
        {
            var begins = Windows.OpensAt(d);
            yield return new PlannedNight(d, begins, begins is { } b ? Windows.ClosesAt(b) : null);
        }
    }
}

/// <summary>A night to come, in the tenant's time zone.</summary>
/// <param name="Due">When its cron expression asks for it.</param>
/// <param name="Begins">When its window is open: then or later; null: never.</param>
/// <param name="Stops">When that window closes, and what is not done waits for the next; null: never.</param>
public sealed record PlannedNight(DateTimeOffset Due, DateTimeOffset? Begins, DateTimeOffset? Stops);

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
