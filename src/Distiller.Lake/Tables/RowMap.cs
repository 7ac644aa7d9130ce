using System.Linq.Expressions;
using System.Reflection;

namespace Distiller.Lake.Tables;

/// <summary>
/// How a flat record lies in a table: one column per property, named in snake case, in the order of declaration (of the
/// constructor's parameters, for positional records), what it inherits first.
/// </summary>
internal static class RowMap<T>
{
    public static ConstructorInfo Constructor { get; } =
        typeof(T)
            .GetConstructors()
            .Where(c => c.GetParameters().All(p => typeof(T).GetProperty(p.Name!)?.PropertyType == p.ParameterType))
            .OrderByDescending(c => c.GetParameters().Length)
            .FirstOrDefault()
        ?? throw new NotSupportedException($"{typeof(T).Name} has no constructor made of its properties.");

    public static IReadOnlyList<RowColumn<T>> Columns { get; } =
    [
        .. typeof(T)
            .GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(p => p.CanWrite)
            // Tokens order the members of one assembly only, and a record may inherit from one of another.
            .OrderBy(p => Depth(p.DeclaringType!))
            .ThenBy(p => p.MetadataToken)
            .Select(p => new RowColumn<T>(p)),
    ];

    /// <summary>Makes a row out of its cells, in column order.</summary>
    public static Func<object?[], T> Make { get; } = BuildMake();

    private static int Depth(Type type) => type.BaseType is { } parent ? 1 + Depth(parent) : 0;

    private static Func<object?[], T> BuildMake()
    {
        var cells = Expression.Parameter(typeof(object?[]), "cells");
        var values = Columns
            .Select(
                (c, i) =>
                    (
                        c.Property,
                        Value: Expression.Convert(
                            Expression.ArrayIndex(cells, Expression.Constant(i)),
                            c.Property.PropertyType
                        )
                    )
            )
            .ToDictionary(c => c.Property.Name, StringComparer.Ordinal);
        var parameters = Constructor.GetParameters().Select(p => p.Name!).ToList();
        var made = Expression.New(Constructor, parameters.Select(p => values[p].Value));
        var rest = values.Values.Where(v => !parameters.Contains(v.Property.Name, StringComparer.Ordinal));
        return Expression
            .Lambda<Func<object?[], T>>(
                Expression.MemberInit(made, rest.Select(v => Expression.Bind(v.Property, v.Value))),
                cells
            )
            .Compile();
    }
}
