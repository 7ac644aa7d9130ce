using System.Text.Json;
using Distiller.Logs.Reading;

namespace Distiller.Logs.Formats.SweAgent;

/// <summary>
/// Makes turns of a trajectory. The steps tell what was done, all of it and in full; the history tells what the model was given
/// first, and, where the model calls functions, which ones.
/// </summary>
internal sealed class SweAgentReader
{
    /// <summary>Before functions could be called, an action was a line for the shell.</summary>
    private const string Shell = "bash";

    private int _calls;

    public EpisodeDraft Draft { get; } = new();

    public void Take(IReadOnlyList<JsonElement> steps, IReadOnlyList<JsonElement> history)
    {
        var answers = new Queue<JsonElement>();
        var hasAnswer = false;
        foreach (var message in history)
        {
            if (LenientJson.Get(message, "is_demo") is { ValueKind: JsonValueKind.True })
            {
                Draft.Count("demonstration");
                continue;
            }

            var isAnswer = LenientJson.NameOrNumber(message, "role") == "assistant";
            hasAnswer |= isAnswer;
            if (!hasAnswer)
            {
                Draft.AddMessage(message);
            }
            else if (steps.Count == 0)
            {
                TakeMessage(message, isAnswer);
            }
            else if (isAnswer)
            {
                answers.Enqueue(message);
            }
        }

        foreach (var step in steps)
        {
            TakeStep(step, answers);
        }
    }

    private void TakeStep(JsonElement step, Queue<JsonElement> answers)
    {
        if (step.ValueKind != JsonValueKind.Object)
        {
            Draft.Count("unreadable_step");
            return;
        }

        // The last step's message may be missing from the history.
        var action = LenientJson.NameOrNumber(step, "action");
        JsonElement? answer =
            answers.TryPeek(out var next) && LenientJson.NameOrNumber(next, "action") == action
                ? answers.Dequeue()
                : null;
        Answer(step, LenientJson.Items(step, "tool_calls").Any() ? step : answer);
        if (LenientJson.Get(step, "observation") is { } observation)
        {
            Draft.Turns.Add(new Turn(TurnRole.Tool, LenientJson.Said(observation)) { ToolCallId = Draft.LastCallId() });
        }
    }

    /// <summary>A message behind the first answer, where the history is all there is.</summary>
    private void TakeMessage(JsonElement message, bool isAnswer)
    {
        if (isAnswer)
        {
            Answer(message, message);
            return;
        }

        var text = LenientJson.Said(LenientJson.Get(message, "content"));
        var id = LenientJson.NameOrNumber(message, "tool_call_id");
        var first = LenientJson.Items(message, "tool_call_ids").FirstOrDefault();
        if (id is null && first.ValueKind == JsonValueKind.String)
        {
            id = first.GetString()!;
        }

        Draft.Turns.Add(new Turn(TurnRole.Tool, text) { ToolCallId = id ?? Draft.LastCallId() });
    }

    private void Answer(JsonElement step, JsonElement? called)
    {
        var thought = LenientJson.Said(LenientJson.Get(step, "thought"));
        var said =
            thought.Length > 0
                ? thought
                : LenientJson.Said(LenientJson.Get(step, "response") ?? LenientJson.Get(step, "content"));
        var calls = new List<ToolCall>();
        foreach (var call in LenientJson.Items(called, "tool_calls"))
        {
            var function = LenientJson.Object(call, "function");
            if (LenientJson.NameOrNumber(function, "name") is { } name)
            {
                calls.Add(
                    new ToolCall(
                        LenientJson.NameOrNumber(call, "id") ?? NextId(),
                        name,
                        ToolInput.Of(LenientJson.Get(function, "arguments"))
                    )
                );
            }
        }

        var action = LenientJson.NameOrNumber(step, "action");
        if (calls.Count == 0 && !string.IsNullOrWhiteSpace(action))
        {
            calls.Add(new ToolCall(NextId(), Shell, ShellArguments(action)));
        }

        Draft.Turns.Add(new Turn(TurnRole.Assistant, said) { ToolCalls = calls });
    }

    private string NextId() => $"call-{++_calls}";

    private static string ShellArguments(string command) =>
        JsonSerializer.Serialize(
            new Dictionary<string, string>(StringComparer.Ordinal) { ["command"] = command },
            EpisodeJson.Options
        );
}
