using System.Text.Json;

namespace Distiller.Mining.Reducing;

/// <summary>Reduces the observations of an episode. What system, user and assistant said is never touched.</summary>
public sealed class EpisodeReducer(ReductionOptions? options = null)
{
    /// <param name="countTokens">Tokens of a text in the base's vocabulary.</param>
    public ReducedEpisode Reduce(Episode episode, Func<string, int> countTokens)
    {
        var reducer = new OutputReducer(countTokens, options);
        var calls = new Dictionary<string, ToolCall>(StringComparer.Ordinal);
        var turns = new List<Turn>(episode.Turns.Count);
        var reductions = new List<Reduction>();
        foreach (var turn in episode.Turns)
        {
            foreach (var made in turn.ToolCalls)
            {
                calls[made.Id] = made;
            }

            if (turn.Role != TurnRole.Tool)
            {
                turns.Add(turn);
                continue;
            }

            var call = turn.ToolCallId is { } id ? calls.GetValueOrDefault(id) : null;
            var (text, reduction) = reducer.Reduce(turn.Text, call?.Name ?? "", CommandOf(call));
            turns.Add(text == turn.Text ? turn : turn with { Text = text });
            reductions.Add(reduction);
        }

        return new ReducedEpisode(episode with { Turns = turns }, reductions);
    }

    private static string CommandOf(ToolCall? call)
    {
        if (call is null)
        {
            return "";
        }

        try
        {
            using var arguments = JsonDocument.Parse(call.ArgumentsJson);
            var root = arguments.RootElement;
            return
                root.ValueKind == JsonValueKind.Object
                && (root.TryGetProperty("command", out var command) || root.TryGetProperty("cmd", out command))
                && command.ValueKind == JsonValueKind.String
                ? command.GetString()!
                : "";
        }
        catch (JsonException)
        {
            return ""; // An agent may write broken arguments; the output is then judged by its content alone.
        }
    }
}
