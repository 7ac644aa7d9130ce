using Distiller.Training.Model;

namespace Distiller.Training.Distilling;

/// <summary>Packs examples into the rows that the model computes.</summary>
public static class PackedRows
{
    /// <summary>
    /// Tokens that must be computed for a row: those before its last loss token. Later tokens give no loss and, under
    /// causal attention, do not change it. 0 where no token carries loss.
    /// </summary>
    public static int ComputedTokens(TrainingExample row) => Math.Max(0, Array.LastIndexOf(row.LossMask, value: true));

    /// <summary>Each loss token is predicted from the position before it, with its row's weight.</summary>
    public static (TokenRows Rows, LossPositions Loss) Pack(IReadOnlyList<TrainingExample> rows, double scale)
    {
        var positions = new List<int>();
        var targets = new List<int>();
        var weights = new List<float>();
        var start = 0;
        foreach (var row in rows)
        {
            var length = ComputedTokens(row);
            for (var t = 1; t <= length; t++)
            {
                if (row.LossMask[t])
                {
                    positions.Add(start + t - 1);
                    targets.Add(row.Tokens[t]);
                    weights.Add((float)(row.Weight * scale));
                }
            }

            start += length;
        }

        var packed = new TokenRows([.. rows.Select(r => new ReadOnlyMemory<int>(r.Tokens, 0, ComputedTokens(r)))]);
        return (packed, new LossPositions(positions, targets, weights));
    }

    /// <summary>
    /// Consecutive rows in groups of at most <paramref name="tokens"/> computed tokens; a longer row is a group of its
    /// own.
    /// </summary>
    public static IEnumerable<List<T>> Groups<T>(IEnumerable<T> rows, Func<T, int> length, int tokens)
    {
        var group = new List<T>();
        var held = 0L;
        foreach (var row in rows)
        {
            if (group.Count > 0 && held + length(row) > tokens)
            {
                yield return group;
                group = [];
                held = 0;
            }

            group.Add(row);
            held += length(row);
        }

        if (group.Count > 0)
        {
            yield return group;
        }
    }

    /// <summary>Refuses rows that do not fit the model, by their number and episode.</summary>
    public static void Check(IReadOnlyList<TrainingExample> rows, BaseConfig config)
    {
        for (var i = 0; i < rows.Count; i++)
        {
            var row = rows[i];
            var reason =
                row.Tokens.Length != row.LossMask.Length
                    ? $"it has {row.Tokens.Length} tokens but {row.LossMask.Length} loss flags"
                : row.Tokens.Length == 0 || row.LossMask[0] ? "its first token carries loss, or it is empty"
                : row.Tokens.Length > config.Context
                    ? $"it has {row.Tokens.Length} tokens, more than the base's context of {config.Context}"
                : Array.Exists(row.Tokens, t => t < 0 || t >= config.Vocabulary)
                    ? $"it has a token outside the base's vocabulary of {config.Vocabulary}"
                : !float.IsFinite(row.Weight) || row.Weight < 0 ? $"its weight is {row.Weight}"
                : null;
            if (reason is not null)
            {
                throw new BadInputException(
                    new SourceLocation($"training example of episode {row.EpisodeId}, window {row.Window}", i + 1),
                    $"The row cannot be trained on: {reason}.",
                    "Make the examples again with this base."
                );
            }
        }
    }
}
