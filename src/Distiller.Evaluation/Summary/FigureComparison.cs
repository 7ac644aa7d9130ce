using System.Text.Json;
using System.Text.Json.Nodes;

namespace Distiller.Evaluation;

/// <summary>Finds every figure in which two JSON documents differ.</summary>
internal static class FigureComparison
{
    /// <summary>Sums in another order may differ in the last digits; nothing else may.</summary>
    private const double RelativeTolerance = 1e-9;

    public static IReadOnlyList<FigureMismatch> Compare(JsonObject stated, JsonObject recomputed)
    {
        var mismatches = new List<FigureMismatch>();
        Compare("", stated, recomputed, mismatches);
        return mismatches;
    }

    private static void Compare(string place, JsonNode? stated, JsonNode? recomputed, List<FigureMismatch> mismatches)
    {
        if (stated is JsonObject a && recomputed is JsonObject b)
        {
            foreach (var name in a.Select(m => m.Key).Union(b.Select(m => m.Key), StringComparer.Ordinal))
            {
                Compare(place.Length == 0 ? name : $"{place}.{name}", a[name], b[name], mismatches);
            }
        }
        else if (stated is JsonArray c && recomputed is JsonArray d && c.Count == d.Count)
        {
            for (var i = 0; i < c.Count; i++)
            {
                Compare($"{place}[{i}]", c[i], d[i], mismatches);
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

/// <summary>A figure of the certificate that its rows do not give.</summary>
/// <param name="Figure">Its place in <c>evaluation.json</c>, for example <c>holdoutLoss.base</c>.</param>
public sealed record FigureMismatch(string Figure, string Stated, string Recomputed);
