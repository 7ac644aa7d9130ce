namespace Distiller.Training.Model;

/// <summary>
/// Rows of token ids laid end to end: [N] without padding, so that rows of unequal length cost only their own tokens.
/// Each row has positions of its own, from 0 unless <see cref="Behind"/> says otherwise, and attends only to itself and to
/// what a cache holds before it.
/// </summary>
public sealed class TokenRows
{
    /// <exception cref="ArgumentException">There is no row, or an empty one, or more than 2^24 tokens.</exception>
    public TokenRows(IReadOnlyList<ReadOnlyMemory<int>> rows)
    {
        var total = rows.Sum(r => (long)r.Length);
        if (rows.Count == 0 || rows.Any(r => r.IsEmpty) || total > 1 << 24)
        {
            throw new ArgumentException("Rows hold 1 to 2^24 tokens together, and each at least one.", nameof(rows));
        }

        Ids = new long[total];
        Offsets = new long[rows.Count + 1];
        var at = 0;
        for (var r = 0; r < rows.Count; r++)
        {
            foreach (var id in rows[r].Span)
            {
                Ids[at++] = id;
            }

            Offsets[r + 1] = at;
        }

        Lengths = [.. rows.Select(r => r.Length)];
        Starts = [.. rows.Select(_ => 0)];
    }

    private TokenRows(TokenRows rows, IReadOnlyList<int> starts) =>
        (Ids, Offsets, Lengths, Starts) = (rows.Ids, rows.Offsets, rows.Lengths, starts);

    public TokenRows(params int[][] rows)
        : this([.. rows.Select(r => new ReadOnlyMemory<int>(r))]) { }

    /// <summary>N token ids.</summary>
    public long[] Ids { get; }

    /// <summary>Row r holds the tokens Offsets[r] to Offsets[r + 1].</summary>
    public long[] Offsets { get; }

    public IReadOnlyList<int> Lengths { get; }

    /// <summary>Position of each row's first token.</summary>
    public IReadOnlyList<int> Starts { get; }

    /// <summary>N</summary>
    public int Count => Ids.Length;

    /// <summary>The same rows with so many tokens before each.</summary>
    public TokenRows Behind(IReadOnlyList<int> tokens) => new(this, tokens);
}

/// <summary>
/// The n loss tokens of packed rows: for each, the position [0, N) that predicts it, its token id, and its weight.
/// </summary>
public sealed record LossPositions(
    IReadOnlyList<int> Positions,
    IReadOnlyList<int> Targets,
    IReadOnlyList<float> Weights
);
