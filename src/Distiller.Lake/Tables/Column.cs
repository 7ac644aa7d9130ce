using System.Reflection;
using Distiller.Lake.Duck;

namespace Distiller.Lake.Tables;

/// <summary>One property of a record as a column of a table.</summary>
internal abstract class Column<T>(PropertyInfo property, int ordinal)
{
    public PropertyInfo Property { get; } = property;

    public int Ordinal { get; } = ordinal;

    public string Name { get; } = SnakeCase.Of(property.Name);

    public abstract DuckType Type { get; }

    /// <summary>Of a list's elements; <see cref="DuckType.Invalid"/> for a scalar.</summary>
    public abstract DuckType ElementType { get; }

    public string SqlType => ElementType == DuckType.Invalid ? Sql(Type) : Sql(ElementType) + "[]";

    /// <summary>Writes the rows' values into a vector of a data chunk.</summary>
    public abstract void Write(IReadOnlyList<T> rows, nint vector);

    /// <summary>Roughly how many characters or elements beyond a fixed cell a row's value holds.</summary>
    public abstract long Weight(T row);

    /// <summary>Reads a vector's first <paramref name="count"/> values into an array of the property's type.</summary>
    public abstract Array Read(nint vector, int count);

    public static Column<T> For(PropertyInfo property, int ordinal)
    {
        var codec =
            Codecs.For(property)
            ?? throw new NotSupportedException(
                $"{typeof(T).Name}.{property.Name}: {property.PropertyType} is no column type."
            );
        return (Column<T>)
            Activator.CreateInstance(
                typeof(Column<,>).MakeGenericType(typeof(T), property.PropertyType),
                property,
                ordinal,
                codec
            )!;
    }

    private static string Sql(DuckType type) =>
        type switch
        {
            DuckType.Boolean => "BOOLEAN",
            DuckType.Integer => "INTEGER",
            DuckType.BigInt => "BIGINT",
            DuckType.Float => "FLOAT",
            DuckType.Double => "DOUBLE",
            DuckType.Timestamp => "TIMESTAMP",
            _ => "VARCHAR",
        };
}

/// <inheritdoc cref="Column{T}"/>
internal sealed class Column<T, TValue>(PropertyInfo property, int ordinal, Codec<TValue> codec)
    : Column<T>(property, ordinal)
{
    private readonly Func<T, TValue> _get = property.GetMethod!.CreateDelegate<Func<T, TValue>>();

    public override DuckType Type => codec.Type;

    public override DuckType ElementType => codec.ElementType;

    public override void Write(IReadOnlyList<T> rows, nint vector)
    {
        var values = new TValue[rows.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = _get(rows[i]);
        }

        codec.Write(values, vector);
    }

    public override long Weight(T row) =>
        typeof(TValue).IsValueType
            ? 0
            : _get(row) switch
            {
                string text => text.Length,
                Array list => list.Length,
                _ => 0,
            };

    public override Array Read(nint vector, int count)
    {
        var values = new TValue[count];
        codec.Read(vector, 0, values);
        return values;
    }
}
