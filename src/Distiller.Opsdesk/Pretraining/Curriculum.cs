namespace Distiller.Opsdesk.Pretraining;

/// <summary>
/// Rows on which a base is pre-trained, from a dozen rules to a whole handbook: first to quote the entry that applies, then
/// to act on it. Every kind of rule and value is there from the first rung on, else what is learnt first is learnt for some
/// of them only. Every row is of another random company, none of which has a name of the demo's.
/// </summary>
public sealed class Curriculum
{
    public Curriculum(IReadOnlyList<Rung>? rungs = null)
    {
        Rungs = rungs ?? Ladder;
        ArgumentOutOfRangeException.ThrowIfZero(Rungs.Count, nameof(rungs));
        foreach (var rung in Rungs)
        {
            rung.Check();
        }
    }

    /// <summary>The rungs from easy to hard; the last one has the difficulty of the sample company.</summary>
    public static IReadOnlyList<Rung> Ladder { get; } =
    [
        new("p12", 10, 14, 1, 3, PlanOnly: true, 900),
        new("t8", 6, 10, 1, 3, PlanOnly: false, 1_100),
        new("t24", 16, 32, 1, 3, PlanOnly: false, 1_700),
        new("p64", 56, 66, 1, 3, PlanOnly: true, 2_300),
        new("t64", 56, 66, 1, 3, PlanOnly: false, 2_600),
    ];

    public IReadOnlyList<Rung> Rungs { get; }

    /// <summary>One row: the system prompt, then as many tickets as fit, at least one.</summary>
    /// <param name="rung">Index into <see cref="Rungs"/>.</param>
    /// <param name="countTokens">Tokens of a segment's text, the markup's own included.</param>
    public IReadOnlyList<TextSegment> Draw(int rung, long seed, Func<string, int> countTokens)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rung);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(rung, Rungs.Count);
        var rehearsal = new Rehearsal(Rungs[rung], SeededRandom.For(seed, $"row of {Rungs[rung].Name}"));
        var row = new List<TextSegment> { rehearsal.Opening };
        var tokens = countTokens(row[0].Text);
        for (var answer = 0; ; answer++)
        {
            var ticket = rehearsal.Next(answer);
            tokens += ticket.Sum(s => countTokens(s.Text));
            if (answer > 0 && tokens > Rungs[rung].TokensMax)
            {
                return row;
            }

            row.AddRange(ticket);
        }
    }

    /// <summary>
    /// Plain text to train a tokenizer on: round after round a whole conversation of the next rung, cut where ChatML's
    /// markers stand (they are tokens of their own), and every word of the language. Each word of a name comes with and
    /// without a space before it: left to chance, a word rare in one place would be cut in pieces there.
    /// </summary>
    /// <param name="count">Rounds.</param>
    public IReadOnlyList<string> SampleText(int count, long seed)
    {
        var random = SeededRandom.For(seed, "sample text");
        var texts = new List<string>();
        for (var round = 0; round < count; round++)
        {
            var row = string.Concat(
                Draw(round % Rungs.Count, (long)random.NextBits(), TokenEstimate.Count).Select(s => s.Text)
            );
            texts.AddRange(
                row.Split([ChatMarkup.Start, ChatMarkup.End], StringSplitOptions.None).Where(t => t.Length > 0)
            );
            texts.AddRange(Language.Texts(random));
        }

        return texts;
    }
}
