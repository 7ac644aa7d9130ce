using System.Text.Json;
using Distiller.Logs.Reading;

namespace Distiller.Logs.Formats.Atif;

/// <summary>The steps of one trajectory: what was said, called and observed, and what each request took.</summary>
internal sealed class AtifSteps(string key, string? agentModel)
{
    private int _number;

    public EpisodeDraft Draft { get; } = new();

    /// <summary>The agent's model, or that of the first step which names one.</summary>
    public string? Model { get; private set; } = agentModel;

    public DateTimeOffset? StartedAt { get; private set; }

    public void Take(JsonElement step)
    {
        _number++;
        if (step.ValueKind != JsonValueKind.Object)
        {
            Draft.Count("unreadable_step");
            return;
        }

        var time = LenientJson.Time(step, "timestamp");
        StartedAt ??= time;
        var text = LenientJson.Said(LenientJson.Get(step, "message"));
        switch (LenientJson.NameOrNumber(step, "source"))
        {
            case "user":
                Draft.Turns.Add(new Turn(TurnRole.User, text) { Time = time });
                break;
            case "agent":
                TakeAgent(step, text, time);
                break;
            case "system" when text.Length > 0:
                Draft.Turns.Add(new Turn(TurnRole.System, text) { Time = time });
                break;
            case "system":
                break;
            default:
                Draft.Count("unreadable_step");
                return;
        }

        Observe(step, time);
    }

    private void TakeAgent(JsonElement step, string text, DateTimeOffset? time)
    {
        var model = LenientJson.NameOrNumber(step, "model_name");
        Model ??= model;
        string? request = null;
        if (RecordJson.Object(step, "metrics") is { } metrics && !IsCopied(step))
        {
            request = $"{key}/step-{LenientJson.NameOrNumber(step, "step_id") ?? $"at-{_number}"}";
            Draft.AddRequest(
                request,
                PromptUsage.Of(
                    RecordJson.Tokens(metrics, "prompt_tokens"),
                    RecordJson.Tokens(metrics, "cached_tokens"),
                    0,
                    RecordJson.Tokens(metrics, "completion_tokens")
                ),
                model ?? Model
            );
        }

        Draft.Turns.Add(
            new Turn(TurnRole.Assistant, text)
            {
                ToolCalls = Calls(step),
                RequestId = request,
                Time = time,
            }
        );
    }

    private List<ToolCall> Calls(JsonElement step)
    {
        var calls = new List<ToolCall>();
        foreach (var call in LenientJson.Items(step, "tool_calls"))
        {
            if (LenientJson.NameOrNumber(call, "function_name") is { } name)
            {
                calls.Add(
                    new ToolCall(
                        LenientJson.NameOrNumber(call, "tool_call_id") ?? $"call-{_number}-{calls.Count}",
                        name,
                        ToolInput.Of(LenientJson.Get(call, "arguments"))
                    )
                );
            }
            else
            {
                Draft.Count("unreadable_call");
            }
        }

        return calls;
    }

    private void Observe(JsonElement step, DateTimeOffset? time)
    {
        foreach (var result in LenientJson.Items(LenientJson.Object(step, "observation"), "results"))
        {
            foreach (var _ in LenientJson.Items(result, "subagent_trajectory_ref"))
            {
                Draft.Count("subagent");
            }

            Draft.Turns.Add(
                new Turn(TurnRole.Tool, LenientJson.Said(LenientJson.Get(result, "content")))
                {
                    ToolCallId = LenientJson.NameOrNumber(result, "source_call_id") ?? Draft.LastCallId(),
                    Time = time,
                }
            );
        }
    }

    /// <summary>A step of the trajectory that this one continues was billed there.</summary>
    private static bool IsCopied(JsonElement step) =>
        LenientJson.Get(step, "is_copied_context") is { ValueKind: JsonValueKind.True };
}
