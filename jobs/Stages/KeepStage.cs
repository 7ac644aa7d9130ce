using System.Globalization;
using Distiller.Jobs.Keeping;
using Distiller.Jobs.Scheduling;

namespace Distiller.Jobs.Stages;

/// <summary>The end of a night: what the workspace need not keep any longer goes.</summary>
public sealed class KeepStage(Night night)
{
    public const string Name = "keep";

    private static readonly string[] Units = ["bytes", "kB", "MB", "GB", "TB"];

    /// <param name="pinned">Artifacts of nights that are not over. What this night wrote stays too.</param>
    /// <returns>What went, in words.</returns>
    public string Run(RetentionSettings settings, IReadOnlyCollection<string> pinned, CancellationToken cancellation) =>
        night.Watch(
            Name,
            [],
            () =>
            {
                var note = Keep(settings, [.. pinned, .. night.Written], cancellation);
                night.Tell(Name, 1, 1, note);
                return note;
            },
            _ => []
        );

    private string Keep(RetentionSettings settings, IReadOnlyCollection<string> pinned, CancellationToken cancellation)
    {
        var (episodes, artifacts, bytes) = (0L, 0, 0L);
        try
        {
            // First: only the artifacts tell which episodes were distilled.
            if (settings.RawEpisodesDays is { } days)
            {
                var report = Retention.Run(night.Workspace, days, night.Time, cancellation);
                episodes = report.Discarded + report.Superseded;
                bytes += report.BytesBefore - (report.BytesAfter ?? report.BytesBefore);
            }
        }
        finally
        {
            // Also where that failed: it makes room on a full disk.
            if (settings.KeepNights is { } nights)
            {
                var report = GarbageCollection.Run(
                    night.Workspace,
                    night.RegistryFolder,
                    new GarbageOptions { KeepNights = nights, Pinned = pinned },
                    night.Time,
                    cancellation
                );
                artifacts = report.Items.Count;
                bytes += report.Bytes;
            }
        }

        return episodes + artifacts == 0
            ? "nothing to discard"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{Count(episodes, "episode")} and {Count(artifacts, "artifact")} discarded, {Size(Math.Max(bytes, 0))}"
            );
    }

    private static string Count(long count, string what) =>
        string.Create(CultureInfo.InvariantCulture, $"{count:N0} {what}{(count == 1 ? "" : "s")}");

    private static string Size(double bytes)
    {
        var unit = 0;
        for (; bytes >= 1000 && unit < Units.Length - 1; unit++)
        {
            bytes /= 1000;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{bytes:0.#} {Units[unit]}");
    }
}
