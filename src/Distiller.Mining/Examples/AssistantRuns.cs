namespace Distiller.Mining.Examples;

/// <summary>An assistant mask as runs of tokens, one run for each assistant message.</summary>
internal static class AssistantRuns
{
    /// <summary>Clears the first <paramref name="skip"/> runs of a mask, and position 0, which nothing predicts.</summary>
    /// <param name="runs">How many runs the mask must have.</param>
    public static bool[] AfterFirst(int skip, int runs, bool[] mask)
    {
        var loss = new bool[mask.Length];
        var seen = 0;
        for (var t = 0; t < mask.Length; t++)
        {
            seen += mask[t] && (t == 0 || !mask[t - 1]) ? 1 : 0;
            loss[t] = mask[t] && seen > skip && t > 0;
        }

        return seen == runs
            ? loss
            : throw new InvalidOperationException(
                $"The tokenizer marked {seen} assistant turns in a window of {runs}; its chat template hides where turns begin."
            );
    }
}
