using System.Text.Json;
using Distiller.Logs.Reading;

namespace Distiller.Logs.Formats.Inspect;

/// <summary>
/// What a sample's scorers say together: each must find it correct. A value that is neither a grade, a truth nor a number (a
/// list, a text) decides nothing.
/// </summary>
internal static class InspectScores
{
    public static Outcome OutcomeOf(JsonElement sample)
    {
        var scores = LenientJson.Object(sample, "scores");
        var values = scores is { } named
            ? [.. named.EnumerateObject().Select(s => Value(s.Value))]
            : new List<double?> { Value(LenientJson.Get(sample, "score")) };
        var told = values.OfType<double>().ToList();
        if (told.Count == 0)
        {
            return Outcome.Unknown;
        }

        var kind = told.TrueForAll(BenchmarkReward.IsFull) ? OutcomeKind.Succeeded : OutcomeKind.Failed;
        return new Outcome(kind, "Inspect scorers", told.Average());
    }

    private static double? Value(JsonElement? score)
    {
        var value = score is { ValueKind: JsonValueKind.Object } ? LenientJson.Get(score, "value") : score;
        return value switch
        {
            { ValueKind: JsonValueKind.True } => 1,
            { ValueKind: JsonValueKind.False } => 0,
            { ValueKind: JsonValueKind.Number } number => number.TryGetDouble(out var n) && double.IsFinite(n)
                ? n
                : null,
            { ValueKind: JsonValueKind.String } text => text.GetString()! switch
            {
                "C" => 1,
                "P" => 0.5,
                "I" or "N" => 0,
                _ => null,
            },
            _ => null,
        };
    }
}
