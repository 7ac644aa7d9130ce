namespace Distiller.Pretraining;

/// <summary>A ladder of tasks, from the easiest rung to the one that counts.</summary>
public interface ICurriculum
{
    int RungCount { get; }

    string RungName(int rung);

    /// <summary>Draws a row, which depends only on the rung and the seed.</summary>
    PretrainingRow Draw(int rung, long seed);
}

/// <summary>One row of tokens; the three lists are equally long.</summary>
/// <param name="IsLearnt">Tokens that carry loss; never the first.</param>
/// <param name="Answer">
/// Which answer of the row a learnt token belongs to: an answer counts when all its tokens are right.
/// </param>
public sealed record PretrainingRow(int[] Tokens, bool[] IsLearnt, int[] Answer);
