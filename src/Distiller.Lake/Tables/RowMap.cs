using System.Diagnostics.CodeAnalysis;
using System.Linq.Expressions;
using System.Reflection;

namespace Distiller.Lake.Tables;

/// <summary>
/// How a flat record lies in a table: one column per property, named in snake case, in the order of declaration.
/// </summary>
internal static class RowMap<
    [DynamicallyAccessedMembers(
        DynamicallyAccessedMemberTypes.PublicProperties | DynamicallyAccessedMemberTypes.PublicConstructors
    )]
        T
>
{
    /// <summary>In the order of declaration (of the constructor's parameters, for positional records).</summary>
    public static IReadOnlyList<Column<T>> Columns { get; } = [.. Properties().Select(Column<T>.For)];

    /// <summary>Makes row i out of the columns' cells (typed arrays, in column order).</summary>
    public static Func<Array[], int, T> Make { get; } = BuildMake();

    private static IEnumerable<PropertyInfo> Properties()
    {
        var parameters = Constructor().GetParameters();
        return typeof(T)
            .GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(p =>
                p.GetIndexParameters().Length == 0
                && (p.CanWrite || parameters.Any(q => q.Name == p.Name && q.ParameterType == p.PropertyType))
            )
            .OrderBy(p => p.MetadataToken);
    }

    private static ConstructorInfo Constructor() =>
        typeof(T)
            .GetConstructors()
            .Where(c => c.GetParameters().All(p => typeof(T).GetProperty(p.Name!)?.PropertyType == p.ParameterType))
            .OrderByDescending(c => c.GetParameters().Length)
            .FirstOrDefault()
        ?? throw new NotSupportedException($"{typeof(T).Name} has no constructor made of its properties.");

    private static Func<Array[], int, T> BuildMake()
    {
        var cells = Expression.Parameter(typeof(Array[]), "cells");
        var row = Expression.Parameter(typeof(int), "row");
        var values = Columns.ToDictionary(
            c => c.Property.Name,
            Expression (c) =>
                Expression.ArrayIndex(
                    Expression.Convert(
                        Expression.ArrayIndex(cells, Expression.Constant(c.Ordinal)),
                        c.Property.PropertyType.MakeArrayType()
                    ),
                    row
                ),
            StringComparer.Ordinal
        );
        var constructor = Constructor();
        var parameters = constructor.GetParameters();
        var made = Expression.New(constructor, parameters.Select(p => values[p.Name!]));
        var rest = Columns
            .Where(c => Array.TrueForAll(parameters, p => p.Name != c.Property.Name))
            .Select(c => Expression.Bind(c.Property, values[c.Property.Name]));
        return Expression.Lambda<Func<Array[], int, T>>(Expression.MemberInit(made, rest), cells, row).Compile();
    }
}
