namespace Distiller.Training.Distilling;

/// <summary>
/// Which rows each step takes: per epoch all rows in a seeded order, cut into steps of whole rows, until the token limit.
/// It depends on the rows' lengths, the options and the seed alone, so that a resumed run goes on exactly where it was.
/// </summary>
internal sealed class TrainingPlan
{
    private readonly List<(int[] Rows, long TokensAfter)> _steps = [];

    public TrainingPlan(IReadOnlyList<TrainingExample> rows, TrainingOptions options)
    {
        var lengths = rows.Select(PackedRows.ComputedTokens).ToArray();
        var order = Enumerable.Range(0, rows.Count).Where(i => lengths[i] > 0).ToArray();
        RowsWithoutLoss = rows.Count - order.Length;
        if (order.Length == 0)
        {
            throw new BadInputException(
                new SourceLocation("training examples", 0),
                "No row has a token that carries loss.",
                "Collect episodes in which the agent said something."
            );
        }

        for (var epoch = 0; epoch < options.Epochs; epoch++)
        {
            var shuffled = order.ToArray();
            new SplitMix64(options.Seed, $"epoch {epoch}").Shuffle(shuffled);
            foreach (var step in PackedRows.Groups(shuffled, i => lengths[i], options.TokensPerStep))
            {
                TotalTokens += step.Sum(i => (long)lengths[i]);
                _steps.Add(([.. step], TotalTokens));
                if (TotalTokens >= options.MaxTrainTokens)
                {
                    return;
                }
            }
        }
    }

    public int Steps => _steps.Count;

    public long TotalTokens { get; }

    public int RowsWithoutLoss { get; }

    /// <summary>Row numbers of a step, counted from 0.</summary>
    public IReadOnlyList<int> RowsOf(int step) => _steps[step].Rows;

    /// <summary>Tokens trained on when the first <paramref name="steps"/> steps are done.</summary>
    public long TokensAfter(int steps) => steps == 0 ? 0 : _steps[steps - 1].TokensAfter;
}
