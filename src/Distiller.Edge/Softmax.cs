using Distiller.Core;

namespace Distiller.Edge;

/// <summary>Probabilities of logits, in double precision.</summary>
public static class Softmax
{
    /// <summary><c>-ln softmax(logits)[target]</c> as <c>ln sum exp(l - max) - (l[target] - max)</c>, in double.</summary>
    public static double NegativeLog(ReadOnlySpan<float> logits, int target, string place)
    {
        double max = logits[Best(logits, place)];
        return LogSum(logits, max) - (logits[target] - max);
    }

    /// <summary>
    /// KL(p || q) in nats of p = softmax(<paramref name="p"/>) from q = softmax(<paramref name="q"/>); never below zero.
    /// </summary>
    /// <param name="place">Of the model, for the refusal of logits that are no numbers.</param>
    public static double Divergence(ReadOnlySpan<float> p, ReadOnlySpan<float> q, string place)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(q.Length, p.Length);
        double maxP = p[Best(p, place)];
        double maxQ = q[Best(q, place)];
        var (logP, logQ) = (LogSum(p, maxP), LogSum(q, maxQ));
        var sum = 0.0;
        for (var i = 0; i < p.Length; i++)
        {
            var ln = p[i] - maxP - logP;
            // A token that q excludes (a logit of minus infinity) counts only where p does not.
            var probability = Math.Exp(ln);
            sum += probability == 0 ? 0 : probability * (ln - (q[i] - maxQ - logQ));
        }

        return Math.Max(0, sum);
    }

    /// <summary>ln of the sum of e^(logit - max)</summary>
    private static double LogSum(ReadOnlySpan<float> logits, double max)
    {
        var sum = 0.0;
        foreach (var logit in logits)
        {
            sum += Math.Exp(logit - max);
        }

        return Math.Log(sum);
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
