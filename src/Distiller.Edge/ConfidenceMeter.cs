using Distiller.Core;

namespace Distiller.Edge;

/// <summary>Measures how sure a model is of an answer while it writes it.</summary>
public sealed class ConfidenceMeter
{
    private double _entropy;
    private double _entropyMax;
    private double _margin;
    private double _marginMin = 1;
    private int _tokens;

    /// <param name="logits">V logits from which a token is chosen, before any grammar or temperature.</param>
    public void Add(ReadOnlySpan<float> logits)
    {
        var (first, second) = (float.NegativeInfinity, float.NegativeInfinity);
        foreach (var logit in logits)
        {
            if (logit > first)
            {
                (first, second) = (logit, first);
            }
            else if (logit > second)
            {
                second = logit;
            }
        }

        // With z = logit - max: p = e^z / Z, and the entropy is ln Z - sum of p z.
        double total = 0;
        double weighted = 0;
        foreach (var logit in logits)
        {
            double z = logit - first;
            var e = Math.Exp(z);
            total += e;
            weighted += e > 0 ? e * z : 0;
        }

        var entropy = Math.Max(0, Math.Log(total) - (weighted / total));
        var margin = (1 - Math.Exp(second - first)) / total;
        _tokens++;
        _entropy += entropy;
        _entropyMax = Math.Max(_entropyMax, entropy);
        _margin += margin;
        _marginMin = Math.Min(_marginMin, margin);
    }

    /// <returns>Null: nothing was measured.</returns>
    public AnswerConfidence? Read() =>
        _tokens == 0 ? null : new AnswerConfidence(_entropy / _tokens, _entropyMax, _margin / _tokens, _marginMin);
}
