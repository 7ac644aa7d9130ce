namespace Distiller.Pretraining;

/// <summary>The rows of one step.</summary>
/// <param name="Answers">Of each row's tokens, which answer they belong to.</param>
internal sealed record PretrainingBatch(
    int Rung,
    IReadOnlyList<TrainingExample> Rows,
    IReadOnlyList<IReadOnlyList<int>> Answers
)
{
    /// <summary>
    /// Share of the answers that are right in every token.
    /// </summary>
    /// <param name="isRight">Of each learnt token, row after row.</param>
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
