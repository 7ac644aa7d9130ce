using Distiller.Core;

namespace Distiller.Edge;

internal static class Softmax
{
    /// <summary><c>-ln softmax(logits)[target]</c> as <c>ln sum exp(l - max) - (l[target] - max)</c>, in double.</summary>
    public static double NegativeLog(ReadOnlySpan<float> logits, int target, string place)
    {
        double max = logits[Best(logits, place)];
        var sum = 0.0;
        foreach (var logit in logits)
        {
            sum += Math.Exp(logit - max);
        }

        return Math.Log(sum) - (logits[target] - max);
    }

    /// <summary>The first of the largest.</summary>
    public static int Best(ReadOnlySpan<float> logits, string place)
    {
        var best = 0;
        var finite = true;
        for (var i = 0; i < logits.Length; i++)
        {
            finite &= !float.IsNaN(logits[i]);
            if (logits[i] > logits[best])
            {
                best = i;
            }
        }

        return finite && float.IsFinite(logits[best])
            ? best
            : throw new BadInputException(
                new SourceLocation(place, 0),
                "The model's logits are not numbers.",
                "Its weights, or the adapter's, are damaged: fetch them again."
            );
    }
}
