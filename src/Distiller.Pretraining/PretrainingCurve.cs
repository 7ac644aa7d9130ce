using System.Globalization;
using System.Text;

namespace Distiller.Pretraining;

/// <summary>
/// The loss curve as CSV, a step a line: it can be read, compared and kept in a repository. Exact match is the step's own, of
/// its rung.
/// </summary>
public static class PretrainingCurve
{
    public static void Write(string path, IReadOnlyList<PretrainingStep> curve, ICurriculum curriculum)
    {
        var text = new StringBuilder("step,tokens,rung,top_rung,loss,exact_match,learning_rate,gradient_norm\n");
        foreach (var s in curve)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"{s.Step},{s.Tokens},{curriculum.RungName(s.Rung)},{curriculum.RungName(s.TopRung)},{s.Loss:G6},"
                    + $"{s.ExactMatch:G6},{s.LearningRate:G6},{s.GradientNorm:G6}\n"
            );
        }

        AtomicFile.WriteAllBytes(path, Encoding.UTF8.GetBytes(text.ToString()));
    }
}
