namespace Distiller.Mining.Examples;

/// <summary>An assistant mask as runs of tokens, one run for each assistant message.</summary>
internal static class AssistantRuns
{
    /// <summary>Clears the runs that are not taught, and position 0, which nothing predicts.</summary>
    /// <param name="taught">For each run that the mask must have, in order.</param>
    public static bool[] Where(IReadOnlyList<bool> taught, bool[] mask)
    {
        var loss = new bool[mask.Length];
        var seen = 0;
        for (var t = 0; t < mask.Length; t++)
        {
            seen += mask[t] && (t == 0 || !mask[t - 1]) ? 1 : 0;
            loss[t] = mask[t] && t > 0 && seen <= taught.Count && taught[seen - 1];
        }

        return seen == taught.Count
            ? loss
            : throw new InvalidOperationException(
                $"The tokenizer marked {seen} assistant turns in a window of {taught.Count}; its chat template hides where turns begin."
            );
    }
}
