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

/// <summary>
/// An episode with shorter observations. It keeps the identity of the episode it was made from: it is the same attempt.
/// </summary>
/// <param name="Reductions">One per observation, in order.</param>
public sealed record ReducedEpisode(Episode Episode, IReadOnlyList<Reduction> Reductions);

/// <summary>What became of one tool output.</summary>
/// <param name="Reducer">Name of the reducer that did it; <see cref="Unchanged"/> where none did.</param>
public sealed record Reduction(string Reducer, int TokensBefore, int TokensAfter)
{
    public const string Unchanged = "unchanged";
}

/// <summary>One line of the table of reductions.</summary>
public sealed record ReductionSummary(string Reducer, int Outputs, long TokensBefore, long TokensAfter)
{
    /// <summary>Share of the tokens left out, 0 to 1.</summary>
    public double Saved => TokensBefore == 0 ? 0 : 1 - ((double)TokensAfter / TokensBefore);

    /// <summary>Sums per reducer, the greatest saving first.</summary>
    public static IReadOnlyList<ReductionSummary> Of(IEnumerable<Reduction> reductions) =>
        Of(reductions.Select(r => new ReductionSummary(r.Reducer, 1, r.TokensBefore, r.TokensAfter)));

    /// <summary>Adds up summaries of parts, the greatest saving first.</summary>
    public static IReadOnlyList<ReductionSummary> Of(IEnumerable<ReductionSummary> parts) =>
        [
            .. parts
                .GroupBy(r => r.Reducer, StringComparer.Ordinal)
                .Select(g => new ReductionSummary(
                    g.Key,
                    g.Sum(r => r.Outputs),
                    g.Sum(r => r.TokensBefore),
                    g.Sum(r => r.TokensAfter)
                ))
                .OrderByDescending(s => s.TokensBefore - s.TokensAfter)
                .ThenBy(s => s.Reducer, StringComparer.Ordinal),
        ];
}
