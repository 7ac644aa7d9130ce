namespace Distiller.Mining.Labelling;

/// <summary>How often each rule is right, per format, on tasks whose outcome is known: the rules are not told it.</summary>
public sealed class RuleMeasurements
{
    private readonly SortedDictionary<(string Format, string Rule), RuleMeasurement> _rows;

    private RuleMeasurements(SortedDictionary<(string, string), RuleMeasurement> rows)
    {
        _rows = rows;
    }

    /// <summary>By format and rule.</summary>
    public IReadOnlyCollection<RuleMeasurement> Rows => _rows.Values;

    /// <param name="verdicts">Of all tasks; those whose outcome nobody tells are passed over.</param>
    public static RuleMeasurements Of(IEnumerable<RuleVerdict> verdicts)
    {
        var rows = new SortedDictionary<(string, string), RuleMeasurement>();
        foreach (var format in verdicts.Where(v => v.Known is not null).GroupBy(v => v.Format, StringComparer.Ordinal))
        {
            var ended = format.GroupBy(v => v.Known!.Value).ToDictionary(g => g.Key, g => g.Count());
            foreach (var rule in format.Where(v => v.Rule.Length > 0).GroupBy(v => v.Rule, StringComparer.Ordinal))
            {
                var says = rule.First().Says;
                rows[(format.Key, rule.Key)] = new RuleMeasurement(
                    format.Key,
                    rule.Key,
                    says,
                    rule.Count(),
                    rule.Count(v => v.Known == says),
                    ended.GetValueOrDefault(says)
                );
            }
        }

        return new RuleMeasurements(rows);
    }

    /// <summary>Whether a rule is right often enough in a format; null where too few of its verdicts could be checked there.</summary>
    public bool? IsPrecise(string format, string rule, LabelOptions options) =>
        _rows.TryGetValue((format, rule), out var row) && row.Verdicts >= options.VerdictsMin
            ? row.Precision >= options.PrecisionMin
            : null;
}

/// <summary>A rule on the tasks of one format whose outcome is known.</summary>
/// <param name="Verdicts">Tasks that the rule decides, being the strongest that holds.</param>
/// <param name="Right">Of those, the ones that ended so.</param>
/// <param name="Ended">Tasks that ended so, whether the rule says it or not.</param>
public sealed record RuleMeasurement(string Format, string Rule, OutcomeKind Says, int Verdicts, int Right, int Ended)
{
    public double Precision => Verdicts == 0 ? 0 : (double)Right / Verdicts;

    public double Recall => Ended == 0 ? 0 : (double)Right / Ended;

    public Interval PrecisionInterval => Verdicts == 0 ? new Interval(0, 1) : WilsonInterval.Of(Right, Verdicts);

    public Interval RecallInterval => Ended == 0 ? new Interval(0, 1) : WilsonInterval.Of(Right, Ended);
}

/// <summary>What the strongest rule says of a task, and what is known.</summary>
/// <param name="Rule">Empty where no rule holds.</param>
/// <param name="Known">What a person or the log tells; null for nothing.</param>
public readonly record struct RuleVerdict(string Format, string Rule, OutcomeKind Says, OutcomeKind? Known);
