using Distiller.Reporting;

namespace Distiller.Dashboard.Reading;

/// <summary>A training curve for a screen that is narrower than it has steps.</summary>
internal static class CurvePoints
{
    /// <summary>Means over groups of neighbouring steps, each at its last step; all steps where they are few enough.</summary>
    public static IReadOnlyList<TrainingCurvePoint> Thin(IReadOnlyList<TrainingCurvePoint> steps, int pointsMax)
    {
        var group = (steps.Count + pointsMax - 1) / pointsMax;
        return group <= 1
            ? steps
            :
            [
                .. steps
                    .Chunk(group)
                    .Select(c => new TrainingCurvePoint(c[^1].Step, c.Average(p => p.Loss), c[^1].LearningRate)),
            ];
    }
}
