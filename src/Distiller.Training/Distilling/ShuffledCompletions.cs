using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Distiller.Training.Distilling;

/// <summary>
/// Rows for a null control: each keeps what stands before its first learnt token and goes on as another row does, with that
/// row's mask and weight. Words, forms and lengths are the same; what was asked and what was done belong together no more.
/// </summary>
public static class ShuffledCompletions
{
    /// <summary>
    /// The completions are a permutation of the rows' own, drawn by the seed, and no row gets one that reads as its own.
    /// Only where a row would grow longer than the longest there was does its new completion lose its end. Rows without a
    /// learnt token stay as they are.
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

    /// <summary>For each place whose completion it gets.</summary>
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
                // There is one: fewer than half of the others have this completion or wait for it.
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

    /// <summary>The first learnt token; the row's length where there is none.</summary>
    private static int Start(TrainingExample row) =>
        Array.IndexOf(row.LossMask, true) is >= 0 and var first ? first : row.Tokens.Length;

    private static string Identity(TrainingExample row) =>
        Convert.ToHexString(SHA256.HashData(MemoryMarshal.AsBytes(row.Tokens.AsSpan(Start(row)))));
}
