using Parquet;
using Parquet.Data;
using Parquet.Schema;

namespace Distiller.Lake.Tables;

/// <summary>A column as Parquet.Net writes and reads it.</summary>
internal abstract class TableColumn<T>(RowColumn<T> column)
{
    /// <summary>As it is written: required where the property is.</summary>
    public abstract Field Field { get; }

    protected RowColumn<T> Column { get; } = column;

    public abstract Task WriteAsync(ParquetRowGroupWriter group, IReadOnlyList<T> rows);

    /// <summary>The column's cells; also out of a file that has it as optional.</summary>
    /// <exception cref="InvalidDataException">There is no such column, or a value is missing.</exception>
    public abstract Task<object?[]> ReadAsync(ParquetRowGroupReader group, ParquetSchema schema);

    public static TableColumn<T> For(RowColumn<T> column)
    {
        var type = column.Element;
        return type == typeof(string)
                ? new TableColumn<T, ReadOnlyMemory<char>, string>(column, v => v.AsMemory(), v => v.ToString())
            : type == typeof(int) ? new TableColumn<T, int, int>(column, v => v, v => v)
            : type == typeof(long) ? new TableColumn<T, long, long>(column, v => v, v => v)
            : type == typeof(float) ? new TableColumn<T, float, float>(column, v => v, v => v)
            : type == typeof(double) ? new TableColumn<T, double, double>(column, v => v, v => v)
            : type == typeof(bool) ? new TableColumn<T, bool, bool>(column, v => v, v => v)
            : type == typeof(DateTimeOffset)
                ? new TableColumn<T, DateTime, DateTimeOffset>(
                    column,
                    v => v.UtcDateTime,
                    v => new DateTimeOffset(DateTime.SpecifyKind(v, DateTimeKind.Utc))
                )
            : throw new NotSupportedException($"{type} is no column type.");
    }
}

/// <summary>A column whose values Parquet.Net takes as <typeparamref name="TStored"/>.</summary>
internal sealed class TableColumn<T, TStored, TValue> : TableColumn<T>
    where TStored : struct
    where TValue : notnull
{
    private readonly Func<TValue, TStored> _store;
    private readonly Func<TStored, TValue> _load;
    private readonly DataField _data;

    public TableColumn(RowColumn<T> column, Func<TValue, TStored> store, Func<TStored, TValue> load)
        : base(column)
    {
        _store = store;
        _load = load;
        var name = column.IsList ? "element" : column.Name;
        var isNullable = !column.IsRequired && !column.IsList;
        _data =
            typeof(TValue) == typeof(DateTimeOffset)
                ? new DateTimeDataField(
                    name,
                    DateTimeFormat.Timestamp,
                    isAdjustedToUTC: false,
                    DateTimeTimeUnit.Micros,
                    isNullable
                )
                : new DataField(name, typeof(TValue), isNullable);
        Field = column.IsList ? new ListField(column.Name, _data) : _data;
    }

    public override Field Field { get; }

    public override Task WriteAsync(ParquetRowGroupWriter group, IReadOnlyList<T> rows)
    {
        var (values, definitions, repetitions) = (new List<TStored>(rows.Count), new List<int>(), new List<int>());
        foreach (var row in rows)
        {
            switch (Column.Get(row))
            {
                case null:
                    definitions.Add(_data.MaxDefinitionLevel - 1);
                    break;
                case TValue[] { Length: 0 }:
                    definitions.Add(_data.MaxDefinitionLevel - 1);
                    repetitions.Add(0);
                    break;
                case TValue[] list:
                    values.AddRange(list.Select(_store));
                    definitions.AddRange(Enumerable.Repeat(_data.MaxDefinitionLevel, list.Length));
                    repetitions.Add(0);
                    repetitions.AddRange(Enumerable.Repeat(1, list.Length - 1));
                    break;
                case var value:
                    values.Add(_store((TValue)value));
                    definitions.Add(_data.MaxDefinitionLevel);
                    break;
            }
        }

        return group.WriteAllPartsAsync<TStored>(
            _data,
            values.ToArray(),
            _data.MaxDefinitionLevel > 0 ? definitions.ToArray().AsMemory() : default(ReadOnlyMemory<int>?),
            Column.IsList ? repetitions.ToArray().AsMemory() : default(ReadOnlyMemory<int>?),
            CancellationToken.None
        );
    }

    public override async Task<object?[]> ReadAsync(ParquetRowGroupReader group, ParquetSchema schema)
    {
        if (Find(schema) is not { } field)
        {
            return new object?[checked((int)group.RowCount)];
        }

        using var raw = (RawColumnData<TStored>)await group.ReadRawColumnDataBaseAsync(field);
        return Column.IsList ? Lists(raw, field) : Values(raw, field, checked((int)group.RowCount));
    }

    /// <summary>The column's field; null where the file is older than the column and its value may be missing.</summary>
    private DataField? Find(ParquetSchema schema)
    {
        var fields = schema.DataFields.Where(f => f.Path.FirstPart == Column.Name).ToList();
        if (fields.Count == 0)
        {
            return !Column.IsRequired && !Column.IsList
                ? null
                : throw new InvalidDataException($"The column '{Column.Name}' is missing.");
        }

        var field = fields[0];
        return
            fields.Count == 1
            && field.ClrType == typeof(TStored)
            && field.Path.Length == (Column.IsList ? 3 : 1)
            && field.MaxRepetitionLevel == (Column.IsList ? 1 : 0)
            ? field
            : throw new InvalidDataException(
                $"The column '{Column.Name}' is not of the type {DuckTypes.Sql(Column.Element, Column.IsList)}."
            );
    }

    private object?[] Values(RawColumnData<TStored> raw, DataField field, int rows)
    {
        var cells = new object?[rows];
        var values = raw.Values;
        if (field.MaxDefinitionLevel == 0)
        {
            for (var i = 0; i < rows; i++)
            {
                cells[i] = _load(values[i]);
            }

            return cells;
        }

        var definitions = raw.DefinitionLevels;
        var next = 0;
        for (var i = 0; i < rows; i++)
        {
            cells[i] =
                definitions[i] == field.MaxDefinitionLevel ? _load(values[next++])
                : Column.IsRequired ? throw new InvalidDataException(Column.Missing)
                : null;
        }

        return cells;
    }

    /// <summary>
    /// A list's elements lie one after the other; repetition 0 begins the next row's. Below the level at which there is an
    /// element the list is empty, and below that it is missing.
    /// </summary>
    private object?[] Lists(RawColumnData<TStored> raw, DataField field)
    {
        var values = raw.Values;
        var definitions = raw.DefinitionLevels;
        var repetitions = raw.RepetitionLevels;
        var elementLevel = field.IsNullable ? field.MaxDefinitionLevel - 1 : field.MaxDefinitionLevel;
        var (cells, list, next) = (new List<object?>(), new List<TValue>(), 0);
        for (var i = 0; i < definitions.Length; i++)
        {
            if (repetitions[i] == 0 && i > 0)
            {
                cells.Add(list.ToArray());
                list.Clear();
            }

            if (definitions[i] == field.MaxDefinitionLevel)
            {
                list.Add(_load(values[next++]));
            }
            else if (definitions[i] != elementLevel - 1)
            {
                throw new InvalidDataException(Column.Missing);
            }
        }

        if (definitions.Length > 0)
        {
            cells.Add(list.ToArray());
        }

        return [.. cells];
    }
}
