using System.Text.Json;
using Distiller.Logs.Reading;

namespace Distiller.Logs.Formats.Tau2;

/// <summary>
/// tau2-bench results: one document with a list of simulations. The policy of the run's environment is the system turn. Where
/// the simulated user has tools too, its calls are not the agent's.
/// </summary>
internal sealed class Tau2Format : RecordFormat
{
    private const string FormatName = "tau2";

    /// <summary>Ends that the agent did not bring about: nobody judged it.</summary>
    private static readonly HashSet<string> NotTheAgents = new(StringComparer.Ordinal)
    {
        "infrastructure_error",
        "unexpected_error",
        "user_error",
    };

    public override string Name => FormatName;

    public override string Title => "tau2-bench results";

    public override string Identity => "a simulation; by domain, task, trial and the simulation's id";

    public override string OutcomeSource =>
        "reward_info.reward: 1 succeeded, less failed; unknown without one, or after an error of the infrastructure or the simulated user";

    public override string UsageConvention =>
        "per message of the agent; prompt_tokens include what the cache held; the simulated user's tokens are left out";

    internal override IReadOnlyList<RecordLayout> Layouts => [RecordLayout.Document, RecordLayout.Lines];

    internal override IReadOnlyList<string> Members => ["simulations", "tasks", "info"];

    internal override bool Recognizes(JsonElement record) =>
        RecordJson.Is(record, "simulations", JsonValueKind.Array)
        && (RecordJson.Is(record, "info", JsonValueKind.Object) || RecordJson.Is(record, "tasks", JsonValueKind.Array));

    internal override IEnumerable<JsonElement> Parts(JsonElement record) =>
        (RecordJson.Array(record, "simulations") ?? throw RecordJson.Wrong("simulations", "there")).EnumerateArray();

    internal override Episode ToEpisode(JsonElement o, RecordContext context)
    {
        var task = LenientJson.NameOrNumber(o, "task_id") ?? throw RecordJson.Wrong("task_id", "a name");
        var messages = RecordJson.Array(o, "messages") ?? throw RecordJson.Wrong("messages", "there");
        var info = LenientJson.Object(context.Document, "info");
        var environment = LenientJson.Object(info, "environment_info");
        var agent = LenientJson.Object(info, "agent_info");
        var domain = LenientJson.NameOrNumber(environment, "domain_name") ?? "unknown";
        var id = LenientJson.NameOrNumber(o, "id") ?? context.Raw.Sha256()[..12];
        var key = $"{domain}/{task}/{LenientJson.NameOrNumber(o, "trial") ?? "0"}/{id}";
        var model = LenientJson.NameOrNumber(agent, "llm");
        var draft = new EpisodeDraft();
        if (LenientJson.Said(LenientJson.Get(environment, "policy")) is { Length: > 0 } policy)
        {
            draft.Turns.Add(new Turn(TurnRole.System, policy));
        }

        foreach (var message in messages.EnumerateArray())
        {
            Take(draft, message, key, model);
        }

        var end = LenientJson.NameOrNumber(o, "termination_reason");
        if (end is not null)
        {
            draft.Count($"termination:{end}");
        }

        var reward = RecordJson.Object(o, "reward_info") is { } judged ? RecordJson.Number(judged, "reward") : null;
        var outcome =
            end is not null && NotTheAgents.Contains(end)
                ? Outcome.Unknown
                : BenchmarkReward.ToOutcome(reward, "tau2 reward");
        return draft.ToEpisode(FormatName, key, context, $"{FormatName}/{domain}/{task}", outcome) with
        {
            Agent = LenientJson.NameOrNumber(agent, "implementation") ?? FormatName,
            Model = model,
            StartedAt = LenientJson.Time(o, "start_time") ?? LenientJson.Time(o, "timestamp"),
        };
    }

    private static void Take(EpisodeDraft draft, JsonElement message, string key, string? model)
    {
        if (LenientJson.Get(message, "tool_messages") is { ValueKind: JsonValueKind.Array } several)
        {
            foreach (var one in several.EnumerateArray())
            {
                Take(draft, one, key, model, isNested: true);
            }
        }
        else
        {
            Take(draft, message, key, model, isNested: false);
        }
    }

    private static void Take(EpisodeDraft draft, JsonElement message, string key, string? model, bool isNested)
    {
        var role = LenientJson.NameOrNumber(message, "role") ?? (isNested ? "tool" : null);
        var isUsers = LenientJson.NameOrNumber(message, "requestor") == "user";
        var time = LenientJson.Time(message, "timestamp");
        var text = LenientJson.Said(LenientJson.Get(message, "content"));
        switch (role)
        {
            case "tool" when isUsers:
                draft.Count("user_tool_result");
                break;
            case "tool":
                draft.Turns.Add(
                    new Turn(TurnRole.Tool, text)
                    {
                        ToolCallId = LenientJson.NameOrNumber(message, "id", "tool_call_id") ?? draft.LastCallId(),
                        IsError = LenientJson.Get(message, "error") is { ValueKind: JsonValueKind.True },
                        Time = time,
                    }
                );
                break;
            case "user" when LenientJson.Items(message, "tool_calls").Any():
                draft.Count("user_tool_call");
                if (text.Length > 0)
                {
                    draft.Turns.Add(new Turn(TurnRole.User, text) { Time = time });
                }

                break;
            case "assistant":
                var request = $"{key}/turn-{draft.Turns.Count}";
                var usage = PromptUsage.FromOpenAi(LenientJson.Get(message, "usage"));
                draft.AddMessage(message, time, usage is null ? null : request);
                if (usage is { } told)
                {
                    draft.AddRequest(request, told, model);
                }

                break;
            default:
                draft.AddMessage(message, time);
                break;
        }
    }
}
