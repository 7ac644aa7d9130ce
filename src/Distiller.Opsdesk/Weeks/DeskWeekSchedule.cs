using Distiller.Core.Settings;
using Distiller.Jobs;
using Distiller.Jobs.Scheduling;
using Distiller.Opsdesk.Nights;

namespace Distiller.Opsdesk.Weeks;

/// <summary>The sample company's <c>nightly.yaml</c>: a server reads it as it reads any other.</summary>
public static class DeskWeekSchedule
{
    /// <returns>Its path.</returns>
    public static string Write(string home, DeskWeekOptions options, DeskTrial trial)
    {
        var defaults = new NightSettings { BasePath = options.Settings.BasePath };
        var settings = string.Join(
            '\n',
            Setting
                .Of(typeof(NightSettings))
                .Where(s => s.Name == "threads" || s.TextOf(options.Settings) != s.TextOf(defaults))
                .Select(s => (s.Name, s.Type, Text: s.TextOf(options.Settings)!))
                .Select(s => $"      {s.Name}: {(s.Type == typeof(string) ? Quoted(s.Text) : s.Text)}")
        );
        var path = Path.Combine(home, NightScheduleFile.Name);
        File.WriteAllText(
            path,
            $"""
            # Written by 'distiller opsdesk week'. jobs/nightly.yaml explains what can stand here.
            tenants:
              - name: {DeskWeek.Tenant}
                logs: {DeskWeek.LogFolder}
                base: {Quoted(Path.GetFullPath(options.Settings.BasePath))}
                cron: "{DeskWeek.Due}"
                time-zone: UTC
                windows:
                  - from: "22:00"
                    to: "03:00"
                settings:
            {settings}
                trial: {trial.Describe()}

            """
        );
        return path;
    }

    private static string Quoted(string text) => System.Text.Json.JsonSerializer.Serialize(text);
}

/// <summary>The system's clock, moved: hours in which nothing happens are skipped. Durations are the system's.</summary>
public sealed class JumpingTime(DateTimeOffset start) : TimeProvider
{
    private long _aheadTicks = (start - System.GetUtcNow()).Ticks;

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow().AddTicks(Interlocked.Read(ref _aheadTicks));

    /// <summary>A clock never goes back: an instant that has passed leaves it as it is.</summary>
    public void JumpTo(DateTimeOffset instant)
    {
        var more = (instant - GetUtcNow()).Ticks;
        if (more > 0)
        {
            Interlocked.Add(ref _aheadTicks, more);
        }
    }
}
