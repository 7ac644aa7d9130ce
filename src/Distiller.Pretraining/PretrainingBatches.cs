using Distiller.Training.Distilling;
using Distiller.Training.Model;

namespace Distiller.Pretraining;

/// <summary>
/// Draws the rows of each step. They depend on the seed, the step and the highest rung alone, so that a resumed training
/// draws the same.
/// </summary>
internal sealed class PretrainingBatches(ICurriculum curriculum, PretrainingOptions options, BaseConfig config)
{
    /// <param name="step">Index of the optimizer step, from 0.</param>
    /// <exception cref="BadInputException">A row does not fit the model, or has nothing to learn.</exception>
    public PretrainingBatch Draw(int step, int top)
    {
        var random = new SplitMix64(options.Seed, $"step {step}");
        var rung = top == 0 || random.NextDouble() < options.TopShare ? top : random.NextBelow(top);
        var rows = new List<TrainingExample>();
        var answers = new List<IReadOnlyList<int>>();
        for (var held = 0L; rows.Count < options.RowsPerStepMin || held < options.TokensPerStep; )
        {
            var row = curriculum.Draw(rung, (long)random.Next());
            var example = Example(row, $"{curriculum.RungName(rung)} of step {step + 1}");
            held += PackedRows.ComputedTokens(example);
            if (rows.Count >= options.RowsPerStepMin && held > options.TokensPerStep)
            {
                break;
            }

            rows.Add(example);
            answers.Add(row.Answer);
        }

        PackedRows.Check(rows, config);
        return new PretrainingBatch(rung, rows, answers);
    }

    private static TrainingExample Example(PretrainingRow row, string origin) =>
        row.Answer.Length == row.Tokens.Length && Array.LastIndexOf(row.IsLearnt, value: true) > 0
            ? new TrainingExample(row.Tokens, row.IsLearnt, 1, new EpisodeId(origin), 0)
            : throw new BadInputException(
                new SourceLocation(origin, 0),
                $"A row of {row.Tokens.Length} tokens has {row.Answer.Length} answer numbers and nothing after its first "
                    + "token to learn.",
                "Mend the curriculum: every row needs an answer."
            );
}

/// <summary>The rows of one optimizer step.</summary>
/// <param name="Answers">For each row, the number of the answer to which each token belongs.</param>
internal sealed record PretrainingBatch(
    int Rung,
    IReadOnlyList<TrainingExample> Rows,
    IReadOnlyList<IReadOnlyList<int>> Answers
)
{
    /// <summary>
    /// Share of the answers that are right in every token.
    /// </summary>
    /// <param name="isRight">For each loss token, row after row, whether the model predicts it.</param>
    public double ExactMatch(IReadOnlyList<bool> isRight)
    {
        var answers = new Dictionary<(int Row, int Answer), bool>();
        var at = 0;
        for (var r = 0; r < Rows.Count; r++)
        {
            for (var t = 0; t < Rows[r].Tokens.Length; t++)
            {
                if (Rows[r].LossMask[t])
                {
                    var key = (r, Answers[r][t]);
                    answers[key] = isRight[at++] && answers.GetValueOrDefault(key, defaultValue: true);
                }
            }
        }

        return (double)answers.Values.Count(whole => whole) / answers.Count;
    }
}
