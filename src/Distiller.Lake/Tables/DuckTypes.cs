using System.Data;
using Dapper;

namespace Distiller.Lake.Tables;

/// <summary>The types that columns have: in .NET, in SQL, and how Dapper is told of those it does not know.</summary>
internal static class DuckTypes
{
    /// <summary>A column's type in SQL.</summary>
    /// <exception cref="NotSupportedException">It is none.</exception>
    public static string Sql(Type element, bool isList) => Sql(element) + (isList ? "[]" : "");

    /// <summary>The type that DuckDB.NET reads a column as.</summary>
    public static Type Read(Type element, bool isList) =>
        isList ? typeof(List<>).MakeGenericType(element)
        : element == typeof(DateTimeOffset) ? typeof(DateTime)
        : element;

    /// <summary>Tells Dapper of lists and times; it keeps such knowledge once a process.</summary>
    public static void Register() => _ = Registered.Value;

    private static readonly Lazy<bool> Registered = new(() =>
    {
        SqlMapper.AddTypeHandler(new TimeHandler());
        SqlMapper.AddTypeHandler(new ListHandler<string>());
        SqlMapper.AddTypeHandler(new ListHandler<int>());
        SqlMapper.AddTypeHandler(new ListHandler<long>());
        SqlMapper.AddTypeHandler(new ListHandler<float>());
        SqlMapper.AddTypeHandler(new ListHandler<double>());
        SqlMapper.AddTypeHandler(new ListHandler<bool>());
        return true;
    });

    private static string Sql(Type element) =>
        element == typeof(string) ? "VARCHAR"
        : element == typeof(int) ? "INTEGER"
        : element == typeof(long) ? "BIGINT"
        : element == typeof(float) ? "FLOAT"
        : element == typeof(double) ? "DOUBLE"
        : element == typeof(bool) ? "BOOLEAN"
        : element == typeof(DateTimeOffset) ? "TIMESTAMP"
        : throw new NotSupportedException($"{element} is no column type.");

    private sealed class ListHandler<TItem> : SqlMapper.TypeHandler<TItem[]>
    {
        public override TItem[] Parse(object value)
        {
            TItem[] list = value is TItem[] array ? array : [.. (IEnumerable<TItem>)value];
            return list is string?[] texts && Array.IndexOf(texts, null) >= 0
                ? throw new InvalidCastException("The list contains null value")
                : list;
        }

        // Type handlers are global in Dapper: for other databases the provider gets the array as it is.
        public override void SetValue(IDbDataParameter parameter, TItem[]? value) => parameter.Value = value;
    }

    /// <summary>Times lie in UTC, to the microsecond; an offset is not kept.</summary>
    private sealed class TimeHandler : SqlMapper.TypeHandler<DateTimeOffset>
    {
        public override DateTimeOffset Parse(object value) =>
            value is DateTimeOffset time ? time : new(DateTime.SpecifyKind((DateTime)value, DateTimeKind.Utc));

        public override void SetValue(IDbDataParameter parameter, DateTimeOffset value) => parameter.Value = value;
    }
}
