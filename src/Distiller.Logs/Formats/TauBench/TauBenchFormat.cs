using System.Text.Json;
using System.Text.RegularExpressions;
using Distiller.Logs.Reading;

namespace Distiller.Logs.Formats.TauBench;

/// <summary>
/// tau-bench results: one JSON array, one element per trial. The policy is the system turn, the simulated user the user
/// turns, then tool calls and results.
/// </summary>
internal sealed partial class TauBenchFormat : RecordFormat
{
    private const string FormatName = "tau-bench";

    public override string Name => FormatName;

    public override string Title => "tau-bench results";

    /// <summary>Results of several agents carry the same task and trial numbers, so the record's hash is part of the key.</summary>
    public override string Identity => "a trial; by task, trial and hash of the record";

    public override string OutcomeSource =>
        "reward: 1 succeeded, less failed; unknown without one, or where the trial died of an error of the infrastructure";

    public override string UsageConvention => "none";

    internal override IReadOnlyList<RecordLayout> Layouts => [RecordLayout.Array];

    internal override IReadOnlyList<string> Members => ["task_id", "traj", "reward"];

    internal override bool Recognizes(JsonElement record) =>
        RecordJson.Is(record, "traj", JsonValueKind.Array) && record.TryGetProperty("task_id", out _);

    internal override Episode ToEpisode(JsonElement o, RecordContext context)
    {
        var task = Number(o, "task_id");
        var trial = RecordJson.Get(o, "trial") is null ? "0" : Number(o, "trial");
        var messages = RecordJson.Array(o, "traj") ?? throw RecordJson.Wrong("traj", "there");
        var turns = new List<Turn>();
        foreach (var message in messages.EnumerateArray())
        {
            turns.Add(ToTurn(message, turns.Count));
        }

        var domain = Domain(turns, context.File);
        var reward = RecordJson.Number(o, "reward");
        // The benchmark writes a reward of 0 where a call of the model's interface threw: nobody judged the agent there.
        var died = LenientJson.Get(LenientJson.Get(o, "info"), "error") is not null;
        return new Episode
        {
            Id = default,
            Format = FormatName,
            Key = $"{domain}/{task}/{trial}/{context.Raw.Sha256()[..12]}",
            Tenant = context.Tenant,
            Agent = FormatName,
            TaskId = $"{FormatName}/{domain}/{task}",
            Turns = turns,
            Outcome = died ? Outcome.Unknown : BenchmarkReward.ToOutcome(reward, "tau-bench reward"),
            Events = died
                ? new SortedDictionary<string, int>(StringComparer.Ordinal) { ["infrastructure_error"] = 1 }
                : new SortedDictionary<string, int>(StringComparer.Ordinal),
        };
    }

    private static string Number(JsonElement o, string name) =>
        RecordJson.Get(o, name) is { } value
            ? value.ValueKind switch
            {
                JsonValueKind.Number when value.TryGetInt64(out var n) => n.ToString(
                    System.Globalization.CultureInfo.InvariantCulture
                ),
                JsonValueKind.String => value.GetString()!,
                _ => throw RecordJson.Wrong(name, "a whole number or a text"),
            }
            : throw RecordJson.Wrong(name, "there");

    /// <summary>The benchmark tells a tool's error by the text's beginning alone.</summary>
    private static Turn ToTurn(JsonElement message, int index) =>
        ChatMessageJson.ToTurn(message, index) is var turn && turn.Role == TurnRole.Tool
            ? turn with
            {
                IsError = turn.Text.StartsWith("Error", StringComparison.Ordinal),
            }
            : turn;

    /// <summary>The policy's heading names it (<c># Airline Agent Policy</c>), else perhaps the file's name.</summary>
    private static string Domain(List<Turn> turns, SourceFile file)
    {
        var policy = turns.Find(t => t.Role == TurnRole.System)?.Text ?? "";
        if (Heading().Match(policy) is { Success: true } heading)
        {
            return heading.Groups[1].Value.ToLowerInvariant();
        }

        var name = Path.GetFileName(file.Path);
        return Array.Find(["airline", "retail", "telecom"], d => name.Contains(d, StringComparison.OrdinalIgnoreCase))
            ?? "unknown";
    }

    [GeneratedRegex(@"\A#\s{1,4}(\w{1,32}) agent policy", RegexOptions.IgnoreCase)]
    private static partial Regex Heading();
}
