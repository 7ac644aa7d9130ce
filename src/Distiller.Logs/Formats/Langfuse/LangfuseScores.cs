using System.Text.Json;
using Distiller.Logs.Reading;

namespace Distiller.Logs.Formats.Langfuse;

/// <summary>What the scores of a trace say of its outcome. Only those whose name asks for it: a score of helpfulness does not.</summary>
internal static class LangfuseScores
{
    private static readonly HashSet<string> Names = new(StringComparer.OrdinalIgnoreCase) { "success", "correct" };

    public static Outcome OutcomeOf(JsonElement trace)
    {
        var values = LenientJson
            .Items(trace, "scores")
            .Where(s => LenientJson.NameOrNumber(s, "name") is { } name && Names.Contains(name))
            .Select(Value)
            .OfType<double>()
            .ToList();
        if (values.Count == 0)
        {
            return Outcome.Unknown;
        }

        OutcomeKind? kind =
            values.TrueForAll(BenchmarkReward.IsFull) ? OutcomeKind.Succeeded
            : values.Contains(0) ? OutcomeKind.Failed
            : null;
        return kind is { } k ? new Outcome(k, "Langfuse score", values.Average()) : Outcome.Unknown;
    }

    private static double? Value(JsonElement score) =>
        LenientJson.Get(score, "value") switch
        {
            { ValueKind: JsonValueKind.True } => 1,
            { ValueKind: JsonValueKind.False } => 0,
            { ValueKind: JsonValueKind.Number } n when n.TryGetDouble(out var number) && double.IsFinite(number) =>
                number,
            _ => LenientJson.NameOrNumber(score, "stringValue", "value")?.ToLowerInvariant() switch
            {
                "true" => 1,
                "false" => 0,
                _ => null,
            },
        };
}
