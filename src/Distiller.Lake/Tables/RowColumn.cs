using System.Linq.Expressions;
using System.Reflection;

namespace Distiller.Lake.Tables;

/// <summary>One property of a record as a column of a table.</summary>
internal sealed class RowColumn<T>
{
    private readonly Func<T, object?> _get;

    public RowColumn(PropertyInfo property)
    {
        Property = property;
        Name = SnakeCase(property.Name);
        var type = property.PropertyType;
        IsList = type.IsArray;
        Element = IsList ? type.GetElementType()! : Nullable.GetUnderlyingType(type) ?? type;
        IsRequired = type.IsValueType
            ? Nullable.GetUnderlyingType(type) is null
            : new NullabilityInfoContext().Create(property).ReadState != NullabilityState.Nullable;
        var row = Expression.Parameter(typeof(T));
        _get = Expression
            .Lambda<Func<T, object?>>(Expression.Convert(Expression.Property(row, property), typeof(object)), row)
            .Compile();
    }

    public PropertyInfo Property { get; }

    /// <summary><c>StartedAt</c> is <c>started_at</c>.</summary>
    public string Name { get; }

    /// <summary>The type of a value, or of a list's elements.</summary>
    public Type Element { get; }

    public bool IsList { get; }

    /// <summary>Whether every row has a value here. A list may be empty but not missing, and no element of it may be.</summary>
    public bool IsRequired { get; }

    /// <summary>Null only where the column is not required.</summary>
    /// <exception cref="InvalidOperationException">A value is missing.</exception>
    public object? Get(T row)
    {
        var value = _get(row);
        return (value is null && IsRequired) || (value is string?[] texts && Array.IndexOf(texts, null) >= 0)
            ? throw new InvalidOperationException(Missing)
            : value;
    }

    /// <summary>What is said of a row without a value here.</summary>
    public string Missing => $"A value is missing in the column '{Name}', which must have one.";

    /// <summary>Roughly how many characters or elements beyond a fixed cell a row's value holds.</summary>
    public long Weight(T row) =>
        Property.PropertyType.IsValueType
            ? 0
            : _get(row) switch
            {
                string text => text.Length,
                Array list => list.Length,
                _ => 0,
            };

    private static string SnakeCase(string name) =>
        string.Concat(
            name.Select(
                (c, i) => (char.IsUpper(c) && i > 0 && !char.IsUpper(name[i - 1]) ? "_" : "") + char.ToLowerInvariant(c)
            )
        );
}
