using System.Text.Json;
using Distiller.Logs.Reading;

namespace Distiller.Logs.Formats.Langfuse;

/// <summary>The observations of one trace in the order of time: generations are requests, tools are what was observed.</summary>
internal sealed class LangfuseObservations(string trace)
{
    private readonly GrowingConversation _conversation = new();

    public EpisodeDraft Draft { get; } = new();

    public IReadOnlyList<Turn> Turns => _conversation.Turns;

    public string? Model { get; private set; }

    public DateTimeOffset? StartedAt { get; private set; }

    public void Take(JsonElement root)
    {
        var observations = LenientJson
            .Items(root, "observations")
            .Where(o => o.ValueKind == JsonValueKind.Object)
            .OrderBy(o => LenientJson.Time(o, "startTime") ?? DateTimeOffset.MaxValue)
            .ToList();
        foreach (var observation in observations)
        {
            var start = LenientJson.Time(observation, "startTime");
            StartedAt ??= start;
            var type = LenientJson.NameOrNumber(observation, "type")?.ToUpperInvariant() ?? "SPAN";
            if (type == "GENERATION")
            {
                Generate(observation, start);
            }
            else if (type == "TOOL")
            {
                Observe(observation, start);
            }
            else
            {
                Draft.Count(type.ToLowerInvariant());
            }
        }

        if (_conversation.Turns.Count == 0)
        {
            _conversation.Repeat(Messages(LenientJson.Get(root, "input"), TurnRole.User));
            AddAll(Messages(LenientJson.Get(root, "output"), TurnRole.Assistant), time: null, request: null);
        }
    }

    private void Generate(JsonElement observation, DateTimeOffset? start)
    {
        var id = LenientJson.NameOrNumber(observation, "id") ?? $"{trace}/at-{_conversation.Turns.Count}";
        var model = LenientJson.NameOrNumber(observation, "model", "providedModelName");
        Model ??= model;
        Draft.AddRequest(id, LangfuseUsage.Of(observation), model);
        if (LenientJson.NameOrNumber(observation, "level") == "ERROR")
        {
            Draft.Count("error");
        }

        var prompt = Messages(LenientJson.Get(observation, "input"), TurnRole.User);
        _conversation.Repeat(prompt.Select(t => t with { Time = start }));
        AddAll(
            Messages(LenientJson.Get(observation, "output"), TurnRole.Assistant),
            LenientJson.Time(observation, "endTime"),
            id
        );
    }

    private void Observe(JsonElement observation, DateTimeOffset? start)
    {
        var output = LenientJson.Get(observation, "output");
        if (output is null || _conversation.Turns is not [.., { Role: TurnRole.Assistant or TurnRole.Tool }])
        {
            Draft.Count("tool");
            return;
        }

        var name = LenientJson.NameOrNumber(observation, "name");
        var call = _conversation
            .Turns.FindLast(t => t.Role == TurnRole.Assistant)
            ?.ToolCalls.FirstOrDefault(c => c.Name == name);
        _conversation.Add(
            new Turn(TurnRole.Tool, LenientJson.Said(LenientJson.Get(output, "content") ?? output))
            {
                ToolCallId = LenientJson.NameOrNumber(output, "tool_call_id") ?? call?.Id,
                IsError = LenientJson.NameOrNumber(observation, "level") == "ERROR",
                Time = start,
            }
        );
    }

    private void AddAll(IEnumerable<Turn> turns, DateTimeOffset? time, string? request)
    {
        foreach (var turn in turns)
        {
            _conversation.Add(turn with { Time = time, RequestId = turn.Role == TurnRole.Assistant ? request : null });
        }
    }

    /// <summary>
    /// Whatever an application gave to the tracing library: messages, an object that holds them, one message, a completion, or
    /// any other value, which is then the text of one turn.
    /// </summary>
    private List<Turn> Messages(JsonElement? value, TurnRole role)
    {
        var list =
            LenientJson.Get(value, "messages")
            ?? (
                LenientJson.Items(value, "choices").FirstOrDefault() is { ValueKind: JsonValueKind.Object } choice
                    ? LenientJson.Get(choice, "message")
                    : null
            )
            ?? value;
        JsonElement[] messages =
            list is { ValueKind: JsonValueKind.Array } several ? [.. several.EnumerateArray()]
            : list is { } one ? [one]
            : [];
        var turns = new List<Turn>();
        foreach (var message in messages)
        {
            if (LenientJson.NameOrNumber(message, "role") is null)
            {
                turns.Add(new Turn(role, LenientJson.Said(LenientJson.Get(message, "content") ?? message)));
                continue;
            }

            try
            {
                turns.AddRange(PartsMessageJson.ToTurns(message, _conversation.Turns.Count + turns.Count));
            }
            catch (BadRecordException)
            {
                Draft.Count("unreadable_message");
            }
        }

        return turns;
    }
}
