using System.Linq.Expressions;
using System.Reflection;
using System.Text;
using Distiller.Lake.Tables;
using DuckDB.NET.Data;

namespace Distiller.Lake;

/// <summary>
/// Fills a table with records. Rows count once <see cref="Close"/> has returned. DuckDB.NET ends a text at its first zero
/// character: a text that has one is handed over as bytes, and in a list, where bytes are not taken, with
/// <see cref="Escape"/> before it.
/// </summary>
internal sealed class DuckAppender<T> : IDisposable
{
    private const char Escape = '\u0001';
    private static readonly Action<IDuckDBAppenderRow, T>[] Cells = [.. RowMap<T>.Columns.Select(Cell)];

    private readonly DuckDBConnection _connection;
    private readonly string _table;
    private DuckDBAppender _appender;

    public DuckAppender(DuckDBConnection connection, string table)
    {
        _connection = connection;
        _table = table;
        _appender = DuckDb.Guard(() => connection.CreateAppender(table));
    }

    /// <summary>Whether a list of texts holds escapes: then <see cref="Unescaped"/> is what was meant.</summary>
    public bool HasEscapes { get; private set; }

    public void Add(T row) =>
        DuckDb.Guard(() =>
        {
            foreach (var column in RowMap<T>.Columns.Where(c => !c.Property.PropertyType.IsValueType))
            {
                HasEscapes |= column.Get(row) is string[] texts && Array.Exists(texts, NeedsEscape);
            }

            var target = _appender.CreateRow();
            foreach (var cell in Cells)
            {
                cell(target, row);
            }

            target.EndRow();
            return true;
        });

    /// <summary>Hands the rows held so far to DuckDB; for wide rows, to bound memory.</summary>
    public void Flush()
    {
        Close();
        _appender.Dispose();
        _appender = DuckDb.Guard(() => _connection.CreateAppender(_table));
    }

    public void Close() =>
        DuckDb.Guard(() =>
        {
            _appender.Close();
            return true;
        });

    /// <summary>A column's name or, of a list of texts, an expression without escapes, as SQL.</summary>
    public static string Unescaped(RowColumn<T> column)
    {
        var name = DuckDb.QuoteName(column.Name);
        return column.Property.PropertyType == typeof(string[])
            ? $"list_transform({name}, lambda t: replace(replace(t, chr(1) || 'a', chr(0)), chr(1) || 'b', chr(1))) AS {name}"
            : name;
    }

    public void Dispose()
    {
        try
        {
            _appender.Dispose();
        }
        catch (DuckDBException)
        {
            // It flushes once more; rows that were not closed do not count, and Close has said why.
        }
    }

    private static Action<IDuckDBAppenderRow, T> Cell(RowColumn<T> column)
    {
        var type = column.Property.PropertyType;
        var (target, row) = (Expression.Parameter(typeof(IDuckDBAppenderRow)), Expression.Parameter(typeof(T)));
        Expression value = Expression.Property(row, column.Property);
        if (column.Element == typeof(DateTimeOffset))
        {
            // A TIMESTAMP takes a DateTime; DuckDB.NET's DateTimeOffset is for TIMESTAMPTZ.
            var utc = ((Func<DateTimeOffset?, DateTime?>)Utc).Method;
            value = Expression.Call(utc, Expression.Convert(value, typeof(DateTimeOffset?)));
        }
        else if (type == typeof(string))
        {
            var text = ((Func<IDuckDBAppenderRow, string?, IDuckDBAppenderRow>)AppendText).Method;
            return Expression
                .Lambda<Action<IDuckDBAppenderRow, T>>(Expression.Call(text, target, value), target, row)
                .Compile();
        }
        else if (type == typeof(string[]))
        {
            value = Expression.Call(((Func<string[], IEnumerable<string>>)Escaped).Method, value);
        }
        else if (column.IsList)
        {
            value = Expression.Convert(value, typeof(IEnumerable<>).MakeGenericType(column.Element));
        }
        else if (type.IsValueType)
        {
            value = Expression.Convert(value, typeof(Nullable<>).MakeGenericType(column.Element));
        }

        return Expression
            .Lambda<Action<IDuckDBAppenderRow, T>>(
                Expression.Call(target, Append(column, value.Type), value),
                target,
                row
            )
            .Compile();
    }

    private static MethodInfo Append(RowColumn<T> column, Type value) =>
        column.IsList
            ? typeof(IDuckDBAppenderRow)
                .GetMethods()
                .Single(m =>
                    m.Name == nameof(IDuckDBAppenderRow.AppendValue)
                    && m.IsGenericMethod
                    && m.GetParameters()[0].ParameterType.IsGenericType
                )
                .MakeGenericMethod(column.Element)
            : typeof(IDuckDBAppenderRow).GetMethod(nameof(IDuckDBAppenderRow.AppendValue), [value])!;

    private static IDuckDBAppenderRow AppendText(IDuckDBAppenderRow row, string? text) =>
        text is not null && text.Contains('\0') ? row.AppendValue(Encoding.UTF8.GetBytes(text)) : row.AppendValue(text);

    private static bool NeedsEscape(string text) => text.AsSpan().IndexOfAny('\0', Escape) >= 0;

    private static IEnumerable<string> Escaped(string[] texts) =>
        Array.Exists(texts, NeedsEscape)
            ? texts.Select(t => t.Replace($"{Escape}", $"{Escape}b").Replace("\0", $"{Escape}a")).ToList()
            : texts;

    private static DateTime? Utc(DateTimeOffset? time) => time?.UtcDateTime;
}
