namespace Distiller.Mining.Patterns;

/// <summary>A sequence of tools that enough successful episodes follow.</summary>
/// <param name="Support">Teaching episodes that follow it.</param>
/// <param name="Tasks">Distinct tasks among them.</param>
/// <param name="Labelled">Labelled episodes, failed ones too, that follow it.</param>
/// <param name="EpisodeSet">Hash of the set of teaching episodes that follow it.</param>
internal sealed record FrequentSequence(int[] Items, int Support, int Tasks, int Labelled, ulong EpisodeSet)
{
    /// <summary>Whether this is a sub-sequence of <paramref name="other"/>, gaps of any width allowed.</summary>
    public bool IsWithin(FrequentSequence other)
    {
        var at = 0;
        foreach (var item in other.Items)
        {
            if (at < Items.Length && Items[at] == item)
            {
                at++;
            }
        }

        return at == Items.Length;
    }
}
