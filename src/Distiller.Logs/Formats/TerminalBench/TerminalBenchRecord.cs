using System.Text.Json;
using Distiller.Logs.Reading;

namespace Distiller.Logs.Formats.TerminalBench;

/// <summary>
/// A terminal-bench trial. The log tells the instruction, whether the tests passed and tokens in total, not what the
/// agent did; the trial's own id is the key, so a copy of a trial under another path is the same trial.
/// </summary>
internal static class TerminalBenchRecord
{
    public static Episode ToEpisode(JsonElement o, string tenant)
    {
        var name = RecordJson.RequiredText(o, "trial_name");
        var task = RecordJson.RequiredText(o, "task_id");
        var run = RecordJson.Text(o, "_agent_run");
        var id =
            RecordJson.Text(o, "id")
            ?? RecordJson.Text(o, "uuid")
            ?? RecordJson.Text(o, "recording_path")
            ?? RecordJson.Text(o, "trial_started_at")
            ?? "";
        var events = new SortedDictionary<string, int>(StringComparer.Ordinal);
        if (RecordJson.Text(o, "failure_mode") is { } mode && mode != "unset")
        {
            events[$"failure_mode:{mode}"] = 1;
        }

        return new Episode
        {
            Id = default,
            Format = LogFormat.TerminalBench,
            Key = $"{run}/{name}/{id}",
            Tenant = tenant,
            Agent = run ?? LogFormat.TerminalBench,
            StartedAt = RecordJson.Time(o, "trial_started_at"),
            TaskId = $"{LogFormat.TerminalBench}/{task}",
            Turns = [new Turn(TurnRole.User, RecordJson.RequiredText(o, "instruction"))],
            Outcome = Outcome(o),
            UnattributedUsage = new Usage(
                RecordJson.Tokens(o, "total_input_tokens"),
                0,
                0,
                RecordJson.Tokens(o, "total_output_tokens")
            ),
            Events = events,
        };
    }

    /// <summary>Score: the share of the tests that passed.</summary>
    private static Outcome Outcome(JsonElement o)
    {
        if (RecordJson.Bool(o, "is_resolved") is not { } resolved)
        {
            return Core.Outcome.Unknown;
        }

        double? score = null;
        if (RecordJson.Object(o, "parser_results") is { } results && results.EnumerateObject().Any())
        {
            score = results
                .EnumerateObject()
                .Average(r => r.Value.ValueKind == JsonValueKind.String && r.Value.ValueEquals("passed") ? 1.0 : 0.0);
        }

        return new Outcome(resolved ? OutcomeKind.Succeeded : OutcomeKind.Failed, "terminal-bench tests", score);
    }
}
