using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Distiller.Lake.Duck;
using Distiller.Lake.Tables;

namespace Distiller.Lake;

/// <summary>Fills a table with records, a chunk of rows at a time. Rows count once <see cref="Close"/> has returned.</summary>
public sealed unsafe class DuckAppender<
    [DynamicallyAccessedMembers(
        DynamicallyAccessedMemberTypes.PublicProperties | DynamicallyAccessedMemberTypes.PublicConstructors
    )]
        T
> : IDisposable
{
    private readonly int _rowsMax = (int)DuckNative.duckdb_vector_size();
    private readonly List<T> _rows = [];
    private nint _appender;
    private nint _chunk;

    internal DuckAppender(DuckDb db, string table)
    {
        if (DuckNative.duckdb_appender_create(db.Connection, null, table, out _appender) != 0)
        {
            var message = Message();
            Dispose();
            throw DuckDb.Failure(message);
        }

        var columns = RowMap<T>.Columns;
        var types = stackalloc nint[columns.Count];
        for (var i = 0; i < columns.Count; i++)
        {
            types[i] = TypeOf(columns[i]);
        }

        _chunk = DuckNative.duckdb_create_data_chunk(types, (ulong)columns.Count);
        for (var i = 0; i < columns.Count; i++)
        {
            DuckNative.duckdb_destroy_logical_type(ref types[i]);
        }
    }

    public void Add(T row)
    {
        _rows.Add(row);
        if (_rows.Count == _rowsMax)
        {
            WriteChunk();
        }
    }

    /// <summary>Hands the rows held so far to DuckDB; for wide rows, to bound memory.</summary>
    public void WriteChunk()
    {
        if (_rows.Count == 0)
        {
            return;
        }

        DuckNative.duckdb_data_chunk_reset(_chunk);
        foreach (var column in RowMap<T>.Columns)
        {
            column.Write(_rows, DuckNative.duckdb_data_chunk_get_vector(_chunk, (ulong)column.Ordinal));
        }

        DuckNative.duckdb_data_chunk_set_size(_chunk, (ulong)_rows.Count);
        Check(DuckNative.duckdb_append_data_chunk(_appender, _chunk));
        _rows.Clear();
    }

    public void Close()
    {
        WriteChunk();
        Check(DuckNative.duckdb_appender_close(_appender));
    }

    public void Dispose()
    {
        if (_chunk != 0)
        {
            DuckNative.duckdb_destroy_data_chunk(ref _chunk);
            _chunk = 0;
        }

        if (_appender != 0)
        {
            _ = DuckNative.duckdb_appender_destroy(ref _appender);
            _appender = 0;
        }
    }

    private static nint TypeOf(Column<T> column)
    {
        if (column.ElementType == DuckType.Invalid)
        {
            return DuckNative.duckdb_create_logical_type((int)column.Type);
        }

        var element = DuckNative.duckdb_create_logical_type((int)column.ElementType);
        var list = DuckNative.duckdb_create_list_type(element);
        DuckNative.duckdb_destroy_logical_type(ref element);
        return list;
    }

    private string Message() =>
        Marshal.PtrToStringUTF8(DuckNative.duckdb_appender_error(_appender)) ?? "The rows could not be added.";

    private void Check(int state)
    {
        if (state != 0)
        {
            throw DuckDb.Failure(Message());
        }
    }
}
