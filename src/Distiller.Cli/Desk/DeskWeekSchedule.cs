using System.Globalization;
using Distiller.Jobs.Scheduling;
using Distiller.Opsdesk;

namespace Distiller.Cli.Desk;

/// <summary>The sample company's <c>nightly.yaml</c>: a server reads it as it reads any other.</summary>
internal static class DeskWeekSchedule
{
    /// <returns>Its path.</returns>
    public static string Write(string home, DeskWeekOptions options, DeskTrial trial)
    {
        var number = CultureInfo.InvariantCulture;
        var path = Path.Combine(home, NightScheduleFile.Name);
        File.WriteAllText(
            path,
            $"""
            # Written by 'distiller opsdesk week'. jobs/nightly.yaml explains what can stand here.
            tenants:
              - name: {DeskWeek.Tenant}
                logs: {DeskWeek.LogFolder}
                base: {Quoted(ShippedFile.Find(ShippedFile.TinyBase))}
                cron: "{DeskWeek.Due}"
                time-zone: UTC
                windows:
                  - from: "22:00"
                    to: "03:00"
                settings:
                  system: {Quoted(DeskPrompt.Short)}
                  newest-days: 1
                  split: time
                  similarity: 1
                  holdout: 0.1
                  epochs: 2
                  max-train-tokens: {options.MaxTrainTokens.ToString(number)}
                  learning-rate: 0.003
                  tokens-per-step: 1024
                  max-holdout-tokens: 12000
                  tool-steps: 2
                  threads: {options.Threads.ToString(number)}
                trial: {trial.Describe()}

            """
        );
        return path;
    }

    private static string Quoted(string text) => System.Text.Json.JsonSerializer.Serialize(text);
}
