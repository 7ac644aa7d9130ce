using System.Data;
using Dapper;
using DuckDB.NET.Data;

namespace Distiller.Lake.Tables;

/// <summary>Records out of DuckDB through Dapper: a column <c>started_at</c> fills a property <c>StartedAt</c>.</summary>
internal static class DuckRows<T>
{
    static DuckRows()
    {
        DuckTypes.Register();
        SqlMapper.SetTypeMap(typeof(T), new TypeMap());
    }

    /// <summary>Streams a result's rows. A column that is of another type, or absent or without a value though it is required, is an error.</summary>
    public static IEnumerable<T> Read(DuckDBDataReader reader)
    {
        var required = Bind(reader);
        using var rows = reader.Parse<T>().GetEnumerator();
        while (Next(rows))
        {
            // The reader still stands at the row: Dapper leaves a property as it is where the cell is null.
            foreach (var (column, ordinal) in required)
            {
                if (reader.IsDBNull(ordinal))
                {
                    throw new DuckDbException(column.Missing);
                }
            }

            yield return rows.Current;
        }
    }

    private static List<(RowColumn<T> Column, int Ordinal)> Bind(DuckDBDataReader reader)
    {
        var names = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < reader.FieldCount; i++)
        {
            names[reader.GetName(i)] = i;
        }

        var required = new List<(RowColumn<T>, int)>();
        foreach (var column in RowMap<T>.Columns)
        {
            if (!names.TryGetValue(column.Name, out var ordinal))
            {
                if (!column.IsRequired)
                {
                    continue; // A file written before the column was.
                }

                throw new DuckDbException($"The column '{column.Name}' is missing.");
            }

            if (reader.GetFieldType(ordinal) != DuckTypes.Read(column.Element, column.IsList))
            {
                throw new DuckDbException(
                    $"The column '{column.Name}' is not of the type {DuckTypes.Sql(column.Element, column.IsList)}."
                );
            }

            if (column.IsRequired)
            {
                required.Add((column, ordinal));
            }
        }

        return required;
    }

    private static bool Next(IEnumerator<T> rows)
    {
        try
        {
            return rows.MoveNext();
        }
        catch (DuckDBException e)
        {
            throw DuckDb.Failure(e.Message);
        }
        catch (Exception e) when (e is DataException or InvalidCastException or InvalidOperationException)
        {
            // A cell that has no .NET value: a time beyond the calendar, a null in a list.
            throw new DuckDbException($"{e.Message} {e.InnerException?.Message}".TrimEnd());
        }
    }

    /// <summary>Columns by their names in snake case, in any order; of positional records too.</summary>
    private sealed class TypeMap : SqlMapper.ITypeMap
    {
        private readonly DefaultTypeMap _properties = new(typeof(T));

        // Dapper calls it with default arguments and then sets each property from its column.
        public System.Reflection.ConstructorInfo FindExplicitConstructor() => RowMap<T>.Constructor;

        public SqlMapper.IMemberMap? GetMember(string columnName) =>
            RowMap<T>.Columns.FirstOrDefault(c => c.Name == columnName) is { } column
                ? _properties.GetMember(column.Property.Name)
                : null;

        public System.Reflection.ConstructorInfo? FindConstructor(string[] names, Type[] types) => null;

        public SqlMapper.IMemberMap? GetConstructorParameter(
            System.Reflection.ConstructorInfo constructor,
            string columnName
        ) => null;
    }
}
