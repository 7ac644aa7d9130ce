namespace Distiller.Opsdesk.Pretraining;

/// <summary>
/// Rows on which a base is pre-trained, from three short rules to a whole handbook: first to quote the entry that applies,
/// then to act on it. Every row is of another random company, none of which has a name of the demo's.
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

    /// <summary>From easy to hard; the last is what the sample company asks for.</summary>
    public static IReadOnlyList<Rung> Ladder { get; } =
    [
        new("p3", 3, 3, 1, 1, PlanOnly: true, 500) { Density = 0.02 },
        new("p6", 6, 6, 1, 1, PlanOnly: true, 500) { Density = 0.1 },
        new("p12", 12, 12, 1, 2, PlanOnly: true, 800) { Density = 0.2 },
        new("t4", 4, 4, 1, 3, PlanOnly: false, 1_000) { Density = 0.15 },
        new("t8", 8, 8, 1, 3, PlanOnly: false, 1_100) { Density = 0.25 },
        new("t16", 16, 16, 1, 3, PlanOnly: false, 1_300) { Density = 0.35 },
        new("t32", 32, 32, 1, 3, PlanOnly: false, 1_700) { Density = 0.5 },
        new("p64", 56, 66, 1, 3, PlanOnly: true, 2_600),
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
