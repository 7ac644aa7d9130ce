using Distiller.Mining.Patterns;

namespace Distiller.Mining.Reviewing;

/// <summary>
/// Finds where an episode follows a rejected procedure. A span reaches from the turn of the first call of its first step to
/// the turn of the last call of its last step; every occurrence counts, with the gaps that the miner allows.
/// </summary>
internal sealed class RejectedSpans(IReadOnlyList<IReadOnlyList<string>> rejected, PatternOptions options)
{
    /// <summary>Indices of the turns that lie in a span.</summary>
    public IReadOnlySet<int> Turns(Episode episode)
    {
        var turns = new HashSet<int>();
        // Without the miner's limit of steps per episode: the part of a long episode behind that limit gives no pattern, but it
        // still gives training examples, so a rejected procedure has to be found there too.
        var steps = ToolSequence.Of(episode, options.ThinkingTools, stepsMax: int.MaxValue);
        var tools = new Vocabulary();
        var sequence = steps.ConvertAll(s => tools.Number(s.Tool));
        foreach (var procedure in rejected)
        {
            var items = procedure.Select(tools.Number).ToList();
            for (
                var found = ToolSequence.NextOccurrence(sequence, items, options.GapMax, 0);
                found is not null;
                found = ToolSequence.NextOccurrence(sequence, items, options.GapMax, found[0] + 1)
            )
            {
                var first = steps[found[0]].FirstTurn;
                turns.UnionWith(Enumerable.Range(first, steps[found[^1]].LastTurn - first + 1));
            }
        }

        return turns;
    }
}
