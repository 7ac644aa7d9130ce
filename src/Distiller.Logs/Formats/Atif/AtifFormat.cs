using System.Text.Json;
using Distiller.Logs.Reading;

namespace Distiller.Logs.Formats.Atif;

/// <summary>
/// Trajectories in the Agent Trajectory Interchange Format, as Harbor writes them: one document a trajectory, perhaps with
/// those of its sub-agents in it. A sub-agent's trajectory is an episode of its own, of the same task.
/// </summary>
internal sealed class AtifFormat : RecordFormat
{
    private const string FormatName = "atif";
    private const int SubagentsMax = 10_000;

    public override string Name => FormatName;

    public override string Title => "ATIF trajectories (Harbor)";

    public override string Identity => "a trajectory; by session id, a sub-agent's by its own id behind it";

    public override string OutcomeSource =>
        "verifier_result.rewards of Harbor's result.json in the trial's folder: 1 succeeded, less failed; else unknown";

    public override string UsageConvention =>
        "per step (metrics), or in total where no step tells; prompt_tokens include cached_tokens; steps copied from another trajectory cost nothing";

    internal override IReadOnlyList<RecordLayout> Layouts =>
        [RecordLayout.Document, RecordLayout.Lines, RecordLayout.Array];

    internal override IReadOnlyList<string> Members => ["schema_version", "session_id", "agent", "steps"];

    internal override bool Recognizes(JsonElement record) =>
        LenientJson.NameOrNumber(record, "schema_version")?.StartsWith("ATIF", StringComparison.Ordinal) == true
        || IsTrialResult(record);

    internal override IEnumerable<JsonElement> Parts(JsonElement record)
    {
        if (IsTrialResult(record))
        {
            yield break;
        }

        yield return record;
        var waiting = new Queue<JsonElement>([record]);
        for (var count = 0; waiting.TryDequeue(out var parent) && count < SubagentsMax; )
        {
            foreach (var child in LenientJson.Items(parent, "subagent_trajectories"))
            {
                count++;
                waiting.Enqueue(child);
                yield return child;
            }
        }
    }

    internal override Episode ToEpisode(JsonElement o, RecordContext context)
    {
        var isRoot = IsSame(o, context.Document);
        var steps = RecordJson.Array(o, "steps") ?? throw RecordJson.Wrong("steps", "there");
        var root =
            LenientJson.NameOrNumber(context.Document, "session_id", "trajectory_id")
            ?? LenientJson.NameOrNumber(o, "session_id", "trajectory_id")
            ?? context.Raw.Sha256()[..12];
        var own = LenientJson.NameOrNumber(o, "trajectory_id", "session_id") ?? context.Raw.Sha256()[..12];
        var key = isRoot ? root : $"{root}/{own}";
        var agent = LenientJson.Object(o, "agent");
        var reader = new AtifSteps(key, LenientJson.NameOrNumber(agent, "model_name"));
        foreach (var step in steps.EnumerateArray())
        {
            reader.Take(step);
        }

        using var result = HarborResult.Beside(context.File);
        var draft = reader.Draft;
        var task = result?.Task ?? root;
        return draft.ToEpisode(
            FormatName,
            key,
            context,
            $"{FormatName}/{task}",
            isRoot && result is not null ? result.Outcome : Outcome.Unknown
        ) with
        {
            Agent = LenientJson.NameOrNumber(agent, "name") ?? FormatName,
            Model = reader.Model,
            StartedAt = reader.StartedAt,
            UnattributedUsage = draft.HasRequests ? Usage.Zero : Total(o),
        };
    }

    private static Usage Total(JsonElement o) =>
        RecordJson.Object(o, "final_metrics") is { } total
            ? PromptUsage.Of(
                RecordJson.Tokens(total, "total_prompt_tokens"),
                RecordJson.Tokens(total, "total_cached_tokens"),
                0,
                RecordJson.Tokens(total, "total_completion_tokens")
            )
            : Usage.Zero;

    /// <summary>Harbor's own account of a trial: read together with the trajectory.</summary>
    private static bool IsTrialResult(JsonElement record) =>
        record.TryGetProperty("verifier_result", out _)
        && record.TryGetProperty("trial_name", out _)
        && record.TryGetProperty("agent_info", out _);
}
