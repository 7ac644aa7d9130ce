namespace Distiller.Pretraining;

/// <summary>How a rung of the ladder went.</summary>
/// <param name="Steps">That took their rows from it.</param>
/// <param name="ExactMatch">Mean of the last batches; none where there was no step.</param>
public sealed record RungResult(string Name, int Steps, double? ExactMatch)
{
    internal static RungResult Of(string name, int rung, IReadOnlyList<PretrainingStep> curve, int batches)
    {
        var steps = curve.Where(s => s.Rung == rung).ToList();
        return new RungResult(
            name,
            steps.Count,
            steps.Count == 0 ? null : Math.Round(steps.TakeLast(batches).Average(s => s.ExactMatch), 4)
        );
    }
}
