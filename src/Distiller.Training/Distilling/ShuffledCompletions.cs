using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Distiller.Training.Distilling;

/// <summary>
/// Rows for a null control: each row keeps its prompt (the tokens before its first loss token) and gets the completion of
/// another row, with that row's mask and weight. Vocabulary, format and lengths stay the same, but a completion no longer
/// answers its prompt.
/// </summary>
public static class ShuffledCompletions
{
    /// <summary>
    /// The completions are a seeded permutation of the rows' own, in which no row gets a completion equal to its own. A
    /// completion is cut at the end only if the row would become longer than the longest original row. Rows without a loss
    /// token stay unchanged.
    /// </summary>
    /// <exception cref="BadInputException">Over half of the rows have the very same completion.</exception>
    public static IReadOnlyList<TrainingExample> Of(IReadOnlyList<TrainingExample> rows, ulong seed)
    {
        var learnt = Enumerable.Range(0, rows.Count).Where(i => Start(rows[i]) < rows[i].Tokens.Length).ToArray();
        var donors = Donors([.. learnt.Select(i => Identity(rows[i]))], seed);
        var longest = rows.Count == 0 ? 0 : rows.Max(r => r.Tokens.Length);
        var shuffled = rows.ToArray();
        foreach (var (place, donor) in donors.Index())
        {
            shuffled[learnt[place]] = Join(rows[learnt[place]], rows[learnt[donor]], longest);
        }

        return shuffled;
    }

    /// <summary>For each row, the index of the row whose completion it gets.</summary>
    private static int[] Donors(string[] completions, ulong seed)
    {
        RefuseMajority(completions);
        var random = new SplitMix64(seed, "shuffled completions");
        var donors = Enumerable.Range(0, completions.Length).ToArray();
        random.Shuffle(donors);
        for (var i = 0; i < donors.Length; i++)
        {
            if (!Fits(i, donors[i]))
            {
                // Such a j exists: no completion belongs to more than half of the rows.
                var j = random.NextBelow(donors.Length);
                while (!Fits(i, donors[j]) || !Fits(j, donors[i]))
                {
                    j = (j + 1) % donors.Length;
                }

                (donors[i], donors[j]) = (donors[j], donors[i]);
            }
        }

        return donors;

        bool Fits(int place, int donor) => completions[place] != completions[donor];
    }

    private static void RefuseMajority(string[] completions)
    {
        var most = completions.CountBy(c => c, StringComparer.Ordinal).Select(c => c.Value).DefaultIfEmpty().Max();
        if (2 * most > completions.Length)
        {
            throw new BadInputException(
                new SourceLocation("training examples", 0),
                $"{most} of {completions.Length} rows have the very same completion: a control of shuffled ones is the same again.",
                "Collect episodes of more than one kind."
            );
        }
    }

    private static TrainingExample Join(TrainingExample prompt, TrainingExample completion, int tokensMax)
    {
        var (end, start) = (Start(prompt), Start(completion));
        var taken = Math.Min(completion.Tokens.Length - start, tokensMax - end);
        return prompt with
        {
            Tokens = [.. prompt.Tokens[..end], .. completion.Tokens.AsSpan(start, taken)],
            LossMask = [.. prompt.LossMask[..end], .. completion.LossMask.AsSpan(start, taken)],
            Weight = completion.Weight,
        };
    }

    /// <summary>Index of the first loss token; the row's length where there is none.</summary>
    private static int Start(TrainingExample row) =>
        Array.IndexOf(row.LossMask, true) is >= 0 and var first ? first : row.Tokens.Length;

    private static string Identity(TrainingExample row) =>
        Convert.ToHexString(SHA256.HashData(MemoryMarshal.AsBytes(row.Tokens.AsSpan(Start(row)))));
}
