using System.Text.Json;
using System.Text.RegularExpressions;
using Distiller.Core;

namespace Distiller.Gguf;

/// <summary>
/// <c>rank_pattern</c> or <c>alpha_pattern</c>: numbers by regular expressions over module names. As in PEFT, an expression has
/// to match a whole name, or the end of one after a dot, and the first that does counts.
/// </summary>
internal sealed class PeftPattern
{
    private readonly IReadOnlyList<(Regex Expression, double Value)> _entries;

    private PeftPattern(IReadOnlyList<(Regex, double)> entries) => _entries = entries;

    /// <param name="holds">Whether a number can be one of this pattern's.</param>
    /// <exception cref="BadInputException">It is no object of positive numbers by expressions.</exception>
    public static PeftPattern Read(string path, JsonElement root, string name, Predicate<double> holds)
    {
        if (!root.TryGetProperty(name, out var pattern) || pattern.ValueKind is JsonValueKind.Null)
        {
            return new PeftPattern([]);
        }

        if (pattern.ValueKind is not JsonValueKind.Object)
        {
            throw Bad(path, $"'{name}' is {pattern.GetRawText()}; an object is needed.");
        }

        var entries = new List<(Regex, double)>();
        foreach (var entry in pattern.EnumerateObject())
        {
            var value = entry.Value.ValueKind is JsonValueKind.Number ? entry.Value.GetDouble() : double.NaN;
            if (!holds(value))
            {
                throw Bad(path, $"'{name}' has {entry.Value.GetRawText()} for '{entry.Name}'.");
            }

            try
            {
                // The text comes from outside: this engine takes linear time whatever the expression.
                var whole = $"^(?:.*\\.)?(?:{entry.Name})$";
                entries.Add((new Regex(whole, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant), value));
            }
            catch (Exception e) when (e is ArgumentException or NotSupportedException)
            {
                throw Bad(path, $"'{entry.Name}' in '{name}' is no expression that can be read: {e.Message}", e);
            }
        }

        return new PeftPattern(entries);
    }

    /// <summary>Null: no expression matches.</summary>
    public double? Find(string module)
    {
        foreach (var (expression, value) in _entries)
        {
            if (expression.IsMatch(module))
            {
                return value;
            }
        }

        return null;
    }

    private static BadInputException Bad(string path, string reason, Exception? inner = null) =>
        new(new SourceLocation(path, 0), reason, "Export the adapter from PEFT again.", inner);
}
