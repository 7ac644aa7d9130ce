using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.Json;

namespace Distiller.Core.Settings;

/// <summary>The values that an option may have, as its property's type and attributes say.</summary>
internal sealed class AllowedValues
{
    private readonly ValidationAttribute[] _attributes;
    private readonly Type _type;

    public AllowedValues(PropertyInfo property)
    {
        _attributes = [.. property.GetCustomAttributes<ValidationAttribute>()];
        _type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        Choices =
            _type.IsEnum && !_type.IsDefined(typeof(FlagsAttribute))
                ? [.. Enum.GetNames(_type).Select(JsonNamingPolicy.KebabCaseLower.ConvertName)]
                : [.. _attributes.OfType<AllowedValuesAttribute>().SelectMany(a => a.Values).OfType<string>()];
    }

    /// <summary>The words of an enumeration or of an <see cref="AllowedValuesAttribute"/>, else none.</summary>
    public IReadOnlyList<string> Choices { get; }

    public RangeAttribute? Range => _attributes.OfType<RangeAttribute>().FirstOrDefault();

    /// <summary><c>1 to 512</c>; null: there is no range.</summary>
    public string? RangeWords => Range is { } range ? Words(range) : null;

    /// <summary>What to do about another value, in one sentence.</summary>
    public string Remedy =>
        Choices.Count == 1 ? $"Give {Choices[0]}."
        : Choices.Count > 0 ? $"Give {string.Join(", ", Choices.SkipLast(1))} or {Choices[^1]}."
        : _attributes.FirstOrDefault(a => a is not RangeAttribute)?.ErrorMessage is { } said ? said
        : _type == typeof(bool) ? "Give true or false."
        : _type == typeof(TimeSpan)
            ? $"Give a time such as 30s, 5m or 1h{(RangeWords is { } range ? $", {range}" : "")}."
        : $"Give {Article}{Kind}{Limits}.";

    /// <summary>Text or a list of texts, whose faults are told as such, not as numbers out of a range.</summary>
    public bool AreWords => _type == typeof(string) || _type == typeof(IReadOnlyList<string>);

    /// <summary><c>whole number</c></summary>
    public string Kind =>
        _type == typeof(string) ? "text"
        : _type == typeof(TimeSpan) ? "time"
        : _type == typeof(double) || _type == typeof(float) ? "number"
        : _type == typeof(IReadOnlyList<int>) ? "whole numbers"
        : _type == typeof(IReadOnlyList<string>) ? "list of words"
        : "whole number";

    private string Article => _type == typeof(IReadOnlyList<int>) ? "" : "a ";

    private string Limits =>
        RangeWords switch
        {
            null => "",
            var words when words.EndsWith(" or more", StringComparison.Ordinal) => $", {words}",
            var words when words.StartsWith("above", StringComparison.Ordinal) => $" {words}",
            var words => $" from {words}",
        };

    /// <param name="value">Of the property's type; null where it may be.</param>
    public bool Hold(object? value) =>
        value is null
        || (
            (!_type.IsEnum || Choices.Count == 0 || Enum.IsDefined(_type, value))
            && (
                value is IReadOnlyList<int> numbers ? numbers.All(each => _attributes.All(a => a.IsValid(each)))
                : value is IReadOnlyList<string> words ? words.All(each => _attributes.All(a => a.IsValid(each)))
                : _attributes.All(a => a.IsValid(value))
            )
        );

    private string Words(RangeAttribute range)
    {
        var (low, high) = (Text(range.Minimum), Text(range.Maximum));
        var isOpen = range.Maximum is int.MaxValue or double.MaxValue;
        return (range.MinimumIsExclusive, range.MaximumIsExclusive, isOpen) switch
        {
            (false, _, true) => $"{low} or more",
            (true, _, true) => $"above {low}",
            (false, false, _) => $"{low} to {high}",
            (false, true, _) => $"{low} to below {high}",
            (true, false, _) => $"above {low}, at most {high}",
            (true, true, _) => $"above {low}, below {high}",
        };
    }

    private string Text(object limit) =>
        _type == typeof(TimeSpan)
            // A text until the attribute has been asked for the first time.
            ? Duration.Text(limit as TimeSpan? ?? TimeSpan.Parse((string)limit, CultureInfo.InvariantCulture))
            : Convert.ToString(limit, CultureInfo.InvariantCulture)!;
}

/// <summary>What somebody meant who wrote something else.</summary>
public static class Nearest
{
    /// <summary>The word that takes the fewest changed letters, two or a third of them at most; null: none is near.</summary>
    public static string? To(string written, IEnumerable<string> words) =>
        words
            .Select(w => (Word: w, Changes: Changes(written.ToUpperInvariant(), w.ToUpperInvariant())))
            .Where(w => w.Changes <= Math.Max(Math.Min(2, w.Word.Length / 2), w.Word.Length / 3))
            .OrderBy(w => w.Changes)
            .ThenBy(w => w.Word, StringComparer.Ordinal)
            .Select(w => w.Word)
            .FirstOrDefault();

    /// <summary>Levenshtein's distance.</summary>
    private static int Changes(string a, string b)
    {
        if (Math.Abs(a.Length - b.Length) > b.Length)
        {
            return int.MaxValue;
        }

        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var (diagonal, left) = (row[0], i);
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                left = Math.Min(Math.Min(left, row[j]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                (diagonal, row[j]) = (row[j], left);
            }
        }

        return row[^1];
    }
}
