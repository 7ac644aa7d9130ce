namespace Distiller.Training.Distilling;

/// <summary>
/// The rows of each optimizer step: in every epoch all rows in a seeded order, grouped into steps of whole rows, until the
/// token limit. The plan depends only on the rows' lengths, the options and the seed, so a resumed run continues exactly
/// where it stopped.
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

    /// <summary>Indices of a step's rows, from 0.</summary>
    public IReadOnlyList<int> RowsOf(int step) => _steps[step].Rows;

    /// <summary>Tokens trained on in the first <paramref name="steps"/> optimizer steps.</summary>
    public long TokensAfter(int steps) => steps == 0 ? 0 : _steps[steps - 1].TokensAfter;
}
