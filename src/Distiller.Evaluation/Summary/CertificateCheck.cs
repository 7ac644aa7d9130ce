using System.Text.Json;
using System.Text.Json.Nodes;

namespace Distiller.Evaluation;

/// <summary>Recomputes every figure of a certificate from its rows.</summary>
public static class CertificateCheck
{
    /// <summary>Sums in another order may differ in the last digits; nothing else may.</summary>
    private const double RelativeTolerance = 1e-9;

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
        var mismatches = new List<FigureMismatch>();
        foreach (var (name, recomputed) in JsonSerializer.SerializeToNode(figures, EvaluationJson.Options)!.AsObject())
        {
            Compare(name, stated[name], recomputed, mismatches);
        }

        return mismatches;
    }

    private static void Compare(string place, JsonNode? stated, JsonNode? recomputed, List<FigureMismatch> mismatches)
    {
        if (stated is JsonObject a && recomputed is JsonObject b)
        {
            foreach (var name in a.Select(m => m.Key).Union(b.Select(m => m.Key), StringComparer.Ordinal))
            {
                Compare($"{place}.{name}", a[name], b[name], mismatches);
            }
        }
        else if (!Equal(stated, recomputed))
        {
            mismatches.Add(new FigureMismatch(place, Text(stated), Text(recomputed)));
        }
    }

    private static bool Equal(JsonNode? stated, JsonNode? recomputed)
    {
        if (stated?.GetValueKind() != JsonValueKind.Number || recomputed?.GetValueKind() != JsonValueKind.Number)
        {
            return JsonNode.DeepEquals(stated, recomputed);
        }

        var (s, r) = (stated.GetValue<double>(), recomputed.GetValue<double>());
        return Math.Abs(s - r) <= RelativeTolerance * Math.Max(1e-300, Math.Abs(r));
    }

    private static string Text(JsonNode? node) => node?.ToJsonString() ?? "null";
}
