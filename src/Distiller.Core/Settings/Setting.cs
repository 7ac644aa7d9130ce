using System.Collections.Concurrent;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;

namespace Distiller.Core.Settings;

/// <summary>
/// One setting of an options record, or of a record in it: what command line, YAML and the hand-over to another process
/// know of it is derived from the property and its <see cref="SettingAttribute"/>.
/// </summary>
public sealed class Setting
{
    private static readonly ConcurrentDictionary<Type, IReadOnlyList<Setting>> s_known = new();

    private readonly IReadOnlyList<PropertyInfo> _path;
    private readonly SettingAttribute _attribute;
    private readonly AllowedValues _allowed;

    private Setting(IReadOnlyList<PropertyInfo> path, SettingAttribute attribute)
    {
        (_path, _attribute) = (path, attribute);
        _allowed = new AllowedValues(path[^1]);
        Type = Nullable.GetUnderlyingType(path[^1].PropertyType) ?? path[^1].PropertyType;
    }

    /// <summary>The key in YAML.</summary>
    public string Name => _attribute.Name;

    /// <summary>On the command line.</summary>
    public string Option => $"--{Name}";

    /// <summary>For <c>--help</c>: <c>Rank of the adapter (1 to 512).</c></summary>
    public string Description => _attribute.Words + (_allowed.RangeWords is { } range ? $" ({range})." : ".");

    /// <summary>The words that can be given where it is one of few, else none.</summary>
    public IReadOnlyList<string> Choices => _allowed.Choices;

    /// <summary>Which values can be given, in one sentence.</summary>
    public string Remedy => _allowed.Remedy;

    /// <summary>Null: every value of the type can be given.</summary>
    public RangeAttribute? Range => _allowed.Range;

    /// <summary>Of the value; never nullable.</summary>
    public Type Type { get; }

    /// <summary>The settings of a record, its own before those of the records in it.</summary>
    /// <exception cref="InvalidOperationException">Two have one name.</exception>
    public static IReadOnlyList<Setting> Of(Type record) => s_known.GetOrAdd(record, Find);

    public static IEnumerable<string> NamesOf<T>()
        where T : class => Of(typeof(T)).Select(s => s.Name);

    /// <summary>What one would write to get the record's value; null: the record has none.</summary>
    public string? TextOf(object record) =>
        ValueOf(record) switch
        {
            Enum choice => Choices[Array.IndexOf(Enum.GetNames(Type), choice.ToString())],
            bool flag => flag ? "true" : "false",
            TimeSpan time => Duration.Text(time),
            IReadOnlyList<int> list => string.Join(',', list),
            IReadOnlyList<string> words => string.Join(',', words),
            var value => Convert.ToString(value, CultureInfo.InvariantCulture) is { Length: > 0 } text ? text : null,
        };

    public object? ValueOf(object record)
    {
        object? value = record;
        foreach (var property in _path)
        {
            value = property.GetValue(value);
        }

        return value;
    }

    /// <summary>Why a text cannot be given; null: it can.</summary>
    public SettingFault? FaultOf(string text)
    {
        var isValue = TryParse(text, out var value);
        if (isValue && _allowed.Hold(value))
        {
            return null;
        }

        var isNumber = isValue ? !_allowed.AreWords : IsTooLarge(text);
        return new SettingFault(
            isNumber ? $"{text} is out of range."
                : Choices.Count > 0 || _allowed.AreWords || Type == typeof(bool) ? $"'{text}' is not understood."
                : $"'{text}' is no {_allowed.Kind}.",
            _allowed.Remedy
        );
    }

    /// <summary>The record with this setting as the text says.</summary>
    /// <exception cref="ArgumentException"><see cref="FaultOf"/> knows why not.</exception>
    public T With<T>(T record, string text)
        where T : class =>
        FaultOf(text) is null && TryParse(text, out var value)
            ? (T)Put(record, 0, value)
            : throw new ArgumentException($"'{text}' cannot be given for {Name}.", nameof(text));

    /// <summary>A whole number that the type cannot hold.</summary>
    private bool IsTooLarge(string text) =>
        (Type == typeof(int) || Type == typeof(long) || Type == typeof(ulong))
        && Int128.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _);

    private object Put(object record, int depth, object? value)
    {
        var copy = Records.Copy(record);
        var property = _path[depth];
        property.SetValue(copy, depth == _path.Count - 1 ? value : Put(property.GetValue(record)!, depth + 1, value));
        return copy;
    }

    private bool TryParse(string text, out object? value)
    {
        var number = CultureInfo.InvariantCulture;
        value =
            Type == typeof(string) ? text
            : Type == typeof(bool) ? (bool.TryParse(text, out var flag) ? flag : null)
            : Type == typeof(int) ? (int.TryParse(text, NumberStyles.AllowLeadingSign, number, out var i) ? i : null)
            : Type == typeof(long) ? (long.TryParse(text, NumberStyles.AllowLeadingSign, number, out var l) ? l : null)
            : Type == typeof(ulong) ? (ulong.TryParse(text, NumberStyles.None, number, out var u) ? u : null)
            : Type == typeof(double) ? (double.TryParse(text, NumberStyles.Float, number, out var d) ? d : null)
            : Type == typeof(float) ? (float.TryParse(text, NumberStyles.Float, number, out var f) ? f : null)
            : Type == typeof(TimeSpan) ? Duration.Parse(text)
            : Type == typeof(IReadOnlyList<string>) ? Words(text)
            : Type.IsEnum ? Choice(text)
            : List(text);
        return value is not null
            && !(value is double x && !double.IsFinite(x))
            && !(value is float y && !float.IsFinite(y));
    }

    private object? Choice(string text)
    {
        var index = Choices.ToList().FindIndex(c => c.Equals(text, StringComparison.OrdinalIgnoreCase));
        return index < 0 ? null : Enum.Parse(Type, Enum.GetNames(Type)[index]);
    }

    private static string[]? Words(string text) =>
        Parts(text).Distinct(StringComparer.Ordinal).ToArray() is { Length: > 0 } words ? words : null;

    private static string[] Parts(string text) =>
        text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static int[]? List(string text)
    {
        var numbers = Parts(text)
            .Select(p =>
                int.TryParse(p, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var n) ? n : (int?)null
            )
            .ToList();
        return numbers.Contains(null) ? null : [.. numbers.Select(n => n!.Value)];
    }

    private static IReadOnlyList<Setting> Find(Type record)
    {
        var found = Walk(record, []).OrderBy(s => s._path.Count).ToList();
        var twin = found.GroupBy(s => s.Name, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1);
        return twin is null
            ? found
            : throw new InvalidOperationException($"{record.Name} has the setting {twin.Key} twice.");
    }

    private static IEnumerable<Setting> Walk(Type record, IReadOnlyList<PropertyInfo> path)
    {
        foreach (var property in record.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            IReadOnlyList<PropertyInfo> inner = [.. path, property];
            if (property.GetCustomAttribute<SettingAttribute>() is { } attribute)
            {
                yield return new Setting(inner, attribute);
            }
            else if (property.SetMethod is not null && Records.Is(property.PropertyType))
            {
                foreach (var setting in Walk(property.PropertyType, inner))
                {
                    yield return setting;
                }
            }
        }
    }
}

/// <summary>
/// Marks a property of an options record as a setting: <c>--name</c> on the command line, <c>name</c> in YAML. The property
/// says everything else: its initial value is the default, <see cref="System.ComponentModel.DataAnnotations.RangeAttribute"/>
/// the range.
/// </summary>
/// <param name="name">In kebab case.</param>
/// <param name="words">What it is, in one sentence without the full stop, for <c>--help</c>.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SettingAttribute(string name, string words) : Attribute
{
    public string Name { get; } = name;

    public string Words { get; } = words;
}

/// <summary>Records by reflection: what <c>with</c> does where the property is known at run time only.</summary>
internal static class Records
{
    // The name that the compiler gives to what 'with' calls.
    private const string Clone = "<Clone>$";

    public static bool Is(Type type) => type.GetMethod(Clone) is not null;

    public static object Copy(object record) => CloneOf(record).Invoke(record, null)!;

    private static MethodInfo CloneOf(object record) =>
        record.GetType().GetMethod(Clone)
        ?? throw new ArgumentException($"{record.GetType().Name} is no record.", nameof(record));
}
