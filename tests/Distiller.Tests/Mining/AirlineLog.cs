using System.Text.Json;

namespace Distiller.Tests.Mining;

/// <summary>The airline file of tau-bench as episodes: a second, smaller reader than the product's own.</summary>
internal static class AirlineLog
{
    private static readonly Lazy<IReadOnlyList<Episode>> All = new(Read);

    public static IReadOnlyList<Episode> Episodes()
    {
        _ = SharedFiles.Path("logs/tau-bench/gpt-4o-airline.json"); // Skips where it is absent.
        return All.Value;
    }

    private static List<Episode> Read()
    {
        using var file = File.OpenRead(SharedFiles.Path("logs/tau-bench/gpt-4o-airline.json"));
        using var document = JsonDocument.Parse(file);
        return [.. document.RootElement.EnumerateArray().Select(ReadEpisode)];
    }

    private static Episode ReadEpisode(JsonElement record)
    {
        var task = $"airline-{record.GetProperty("task_id").GetInt32():00}";
        var reward = record.GetProperty("reward").GetDouble();
        return EpisodeJson.Identify(
            new Episode
            {
                Id = default,
                Format = "tau-bench",
                Key = $"{task}/{record.GetProperty("trial").GetInt32()}",
                Tenant = "default",
                Agent = "tool-calling",
                TaskId = task,
                Turns = [.. record.GetProperty("traj").EnumerateArray().Select(ReadTurn)],
                Outcome = new Outcome(
                    reward >= 1 ? OutcomeKind.Succeeded : OutcomeKind.Failed,
                    "tau-bench reward",
                    reward
                ),
            }
        );
    }

    private static Turn ReadTurn(JsonElement message)
    {
        var text = message.GetProperty("content").GetString() ?? "";
        return message.GetProperty("role").GetString() switch
        {
            "system" => new Turn(TurnRole.System, text),
            "user" => new Turn(TurnRole.User, text),
            "tool" => new Turn(TurnRole.Tool, text) { ToolCallId = message.GetProperty("tool_call_id").GetString() },
            _ => new Turn(TurnRole.Assistant, text) { ToolCalls = ReadCalls(message) },
        };
    }

    private static List<ToolCall> ReadCalls(JsonElement message) =>
        message.TryGetProperty("tool_calls", out var calls) && calls.ValueKind == JsonValueKind.Array
            ? [.. calls.EnumerateArray().Select(ReadCall)]
            : [];

    private static ToolCall ReadCall(JsonElement call)
    {
        var function = call.GetProperty("function");
        return new ToolCall(
            call.GetProperty("id").GetString()!,
            function.GetProperty("name").GetString()!,
            function.GetProperty("arguments").GetString()!
        );
    }
}
