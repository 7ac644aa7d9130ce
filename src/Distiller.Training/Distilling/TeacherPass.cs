using Distiller.Training.Model;
using Distiller.Training.Torch;

namespace Distiller.Training.Distilling;

/// <summary>
/// Asks the base, with a context in its prompt and without an adapter, what it expects at every loss token of rows. The context
/// is evaluated once; every row stands behind it.
/// </summary>
public static class TeacherPass
{
    /// <param name="context">Tokens of the context as they stand before each row, P.</param>
    /// <param name="rows">
    /// Rows without the student's own prompt line: what follows it is the same for teacher and student. Each has loss tokens.
    /// </param>
    /// <param name="count">K</param>
    /// <returns>For each row the teacher's targets, and the sum of -log p of its loss tokens.</returns>
    /// <exception cref="BadInputException">Context and row together do not fit the base.</exception>
    public static IEnumerable<(TeacherTargets Targets, double Nll)> Run(
        BaseModel model,
        int[] context,
        IReadOnlyList<TrainingExample> rows,
        int count,
        int tokensPerPass = 1024,
        CancellationToken cancellation = default
    )
    {
        using var prefix = new ContextPrefix(model, context);
        foreach (var pass in PackedRows.Groups(rows, PackedRows.ComputedTokens, tokensPerPass))
        {
            cancellation.ThrowIfCancellationRequested();
            var (tokens, wanted) = PackedRows.Pack(pass, 1);
            TeacherTargets all;
            float[] nll;
            using (GcPause.Begin())
            {
                (all, nll) = prefix.Likeliest(tokens, wanted, count);
            }

            var at = 0;
            foreach (var row in pass)
            {
                var n = row.LossTokens;
                yield return (
                    new TeacherTargets(
                        count,
                        all.Ids[(at * count)..((at + n) * count)],
                        all.LogProbabilities[(at * count)..((at + n) * count)]
                    ),
                    nll.AsSpan(at, n).ToArray().Sum(x => (double)x)
                );
                at += n;
            }
        }
    }

    /// <summary>
    /// The logged tokens themselves as a teacher's targets, for rows that have no context: the divergence from them is the cross
    /// entropy.
    /// </summary>
    public static TeacherTargets Logged(TrainingExample row, int count)
    {
        var wanted = Enumerable.Range(0, row.Tokens.Length).Where(t => row.LossMask[t]).Select(t => row.Tokens[t]);
        var (ids, logs) = (new List<int>(), new List<float>());
        foreach (var token in wanted)
        {
            ids.Add(token);
            ids.AddRange(Enumerable.Range(0, count).Where(t => t != token).Take(count - 1));
            logs.Add(0);
            logs.AddRange(Enumerable.Repeat(float.NegativeInfinity, count - 1));
        }

        return new TeacherTargets(count, [.. ids], [.. logs]);
    }
}
