namespace Distiller.Core;

/// <summary>
/// What a teacher expects at n loss tokens: the K likeliest tokens of each with their natural log probabilities, [n, K] row by
/// row. The rest of the mass is on all other tokens together.
/// </summary>
/// <param name="Count">K</param>
public sealed record TeacherTargets(int Count, int[] Ids, float[] LogProbabilities)
{
    /// <summary>n</summary>
    public int Tokens => Ids.Length / Count;

    /// <summary>Those of several rows, one after the other; all have the same K.</summary>
    public static TeacherTargets Join(IReadOnlyList<TeacherTargets> rows) =>
        new(rows[0].Count, [.. rows.SelectMany(r => r.Ids)], [.. rows.SelectMany(r => r.LogProbabilities)]);
}
