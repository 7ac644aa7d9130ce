using System.Text.Json;

namespace Distiller.Evaluation;

/// <summary>Recomputes every figure of a certificate from its rows.</summary>
public static class CertificateCheck
{
    /// <summary>Says where certificate and rows disagree.</summary>
    /// <returns>Every figure that differs; empty where the certificate holds.</returns>
    public static IReadOnlyList<FigureMismatch> Compare(
        EvaluationSummary summary,
        IReadOnlyList<EvaluationRow> rows,
        IReadOnlyList<TokenRow> tokens
    )
    {
        var figures = EvaluationFigures.Of(rows, tokens, summary.Options.Bootstrap);
        var stated = JsonSerializer.SerializeToNode(summary, EvaluationJson.Options)!.AsObject();
        var recomputed = JsonSerializer.SerializeToNode(figures, EvaluationJson.Options)!.AsObject();
        foreach (var other in stated.Select(m => m.Key).Where(name => !recomputed.ContainsKey(name)).ToList())
        {
            stated.Remove(other);
        }

        return FigureComparison.Compare(stated, recomputed);
    }
}
