using System.Text.Json;
using Distiller.Logs.Reading;

namespace Distiller.Logs.Formats.TerminalBench;

/// <summary>
/// terminal-bench trials: one a line, in an array, as the <c>results.json</c> of a trial, or together in that of a run. The log
/// tells the instruction, whether the tests passed and tokens in total, not what the agent did.
/// </summary>
internal sealed class TerminalBenchFormat : RecordFormat
{
    private const string FormatName = "terminal-bench";

    public override string Name => FormatName;

    public override string Title => "terminal-bench trials";

    public override string Identity =>
        "a trial; by its own id, so a copy under another path, or in the results of its run, is the same trial";

    public override string OutcomeSource => "is_resolved; the score is the share of the tests that passed";

    public override string UsageConvention => "in total, without classes of the cache";

    internal override IReadOnlyList<RecordLayout> Layouts =>
        [RecordLayout.Lines, RecordLayout.Array, RecordLayout.Document];

    internal override IReadOnlyList<string> Members => ["trial_name", "task_id", "is_resolved"];

    internal override bool Recognizes(JsonElement record) => IsTrial(record) || IsRun(record);

    internal override IEnumerable<JsonElement> Parts(JsonElement record) =>
        IsRun(record) ? record.GetProperty("results").EnumerateArray() : [record];

    internal override Episode ToEpisode(JsonElement o, RecordContext context)
    {
        var name = RecordJson.RequiredText(o, "trial_name");
        var task = RecordJson.RequiredText(o, "task_id");
        var run = RecordJson.Text(o, "_agent_run");
        var id = RecordJson.Text(o, "id") ?? RecordJson.Text(o, "uuid");
        var events = new SortedDictionary<string, int>(StringComparer.Ordinal);
        if (RecordJson.Text(o, "failure_mode") is { } mode && mode != "unset")
        {
            events[$"failure_mode:{mode}"] = 1;
        }

        return new Episode
        {
            Id = default,
            Format = FormatName,
            Key = id is not null
                ? $"/{name}/{id}"
                : $"{run}/{name}/{RecordJson.Text(o, "recording_path") ?? RecordJson.Text(o, "trial_started_at")}",
            Tenant = context.Tenant,
            Agent = run ?? FormatName,
            StartedAt = RecordJson.Time(o, "trial_started_at"),
            TaskId = $"{FormatName}/{task}",
            Turns = [new Turn(TurnRole.User, RecordJson.RequiredText(o, "instruction"))],
            Outcome = OutcomeOf(o),
            UnattributedUsage = new Usage(
                RecordJson.Tokens(o, "total_input_tokens"),
                0,
                0,
                RecordJson.Tokens(o, "total_output_tokens")
            ),
            Events = events,
        };
    }

    private static bool IsTrial(JsonElement record) =>
        RecordJson.Is(record, "trial_name", JsonValueKind.String)
        && record.TryGetProperty("task_id", out _)
        && record.TryGetProperty("is_resolved", out _);

    private static bool IsRun(JsonElement record) =>
        RecordJson.Is(record, "results", JsonValueKind.Array)
        && (
            RecordJson.Is(record, "n_resolved", JsonValueKind.Number)
            || LenientJson.Items(record, "results").Any(r => r.ValueKind == JsonValueKind.Object && IsTrial(r))
        );

    private static Outcome OutcomeOf(JsonElement o)
    {
        if (RecordJson.Bool(o, "is_resolved") is not { } resolved)
        {
            return Outcome.Unknown;
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
